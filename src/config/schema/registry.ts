import { Type } from '@sinclair/typebox';
import { strictObject, stringOrIntrinsic, textLike } from './values';

/**
 * The first part is a host, as the engines tell it from a path: with a dot or a port, or `localhost`.
 * https://github.com/distribution/reference/blob/main/reference.go
 */
const HOST = '(localhost|[a-z0-9-]+(\\.[a-z0-9-]+)+|[a-z0-9-]+(?=:))(:[0-9]+)?';
const PATH = '(/[a-z0-9]+([._-]+[a-z0-9]+)*)*';

const name = (options: object = {}) =>
  textLike(`^${HOST}${PATH}$`, 'a host like ghcr.io, or one with a path like ghcr.io/acme', {
    maxLength: 150,
    ...options,
  });

const RegistryMap = strictObject({
  name: name({ description: 'Host of the registry, with the path below which the repositories are.' }),
  credentials: Type.Optional(
    stringOrIntrinsic({
      description:
        'ARN of a Secrets Manager secret with `username` and `password`, with which ECS pulls. Not needed where the registry asks for none.',
    }),
  ),
});

export const RegistrySchema = Type.Union([name(), RegistryMap], {
  title: 'a host with or without a path, like ghcr.io/acme, or {name, credentials}',
  description:
    'Where images are pushed to and pulled from. In a registry that is named here you are logged in already when you deploy, and a repository comes into being with its first image. `sls remove` leaves its images.',
  otherwise:
    'ECR, in the region and account of the stack: a repository for each worker, made on the first deploy',
});
