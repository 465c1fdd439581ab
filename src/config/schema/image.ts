import { Type } from '@sinclair/typebox';
import { mapOf, strictObject } from './values';

/** What a build has where it does not say. A validator fills in no defaults within a choice. */
export const IMAGE_DEFAULTS = { path: '.', dockerfile: 'Dockerfile' } as const;

/** A rule sees to it that there is one of `path`, `uri` and `name`, and what only a build has. */
const Image = strictObject(
  {
    path: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'The folder that is the build context, relative to the service.',
      }),
    ),
    dockerfile: Type.Optional(
      Type.String({ minLength: 1, default: IMAGE_DEFAULTS.dockerfile, description: 'Relative to `path`.' }),
    ),
    buildArgs: Type.Optional(mapOf(Type.String(), { description: 'Build arguments, by name.' })),
    target: Type.Optional(
      Type.String({ minLength: 1, description: 'The stage of the Dockerfile to build.' }),
    ),
    uri: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'An image that is there already, for instance `ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME@sha256:…`. A tag that moves is not looked at again: give a digest, or a tag for each version.',
      }),
    ),
    name: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'One of `provider.ecr.images`. What stands there about platform, cache and provenance is for functions.',
      }),
    ),
  },
  { title: 'an image' },
);

export const ImageSchema = Type.Union([Type.String({ minLength: 1 }), Image], {
  otherwise: '`.`; with `handler` one that the plugin makes',
  title: 'a folder, {path, dockerfile, buildArgs, target}, {uri} or {name}',
  description:
    'The image that the worker runs in: a folder with a Dockerfile in it, or an image that is there. Either stays as it is; the watcher is added in a layer on top.',
});
