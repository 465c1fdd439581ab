import { Type } from '@sinclair/typebox';
import { oneOf, strictObject } from './values';

/** In the order in which they are looked for. */
export const ENGINE_NAMES = ['docker', 'podman', 'finch', 'buildah'] as const;

/**
 * Where the Node runtime of the plugin's layer is taken from: an official image, from a registry without Docker Hub's
 * limits on who does not log in. Its C library goes with it, so that it needs nothing of the image that it runs in. The
 * digest is that of the index of all architectures: engines take nothing else for it, whatever the registry says, and
 * a version of the plugin always gives the same Node.
 */
export const NODE_IMAGE =
  'public.ecr.aws/docker/library/node:24.21.0-bookworm-slim@sha256:0e0ff40c39bc087845bfb27465a0df4ea419520094bc35842ff83dd8cbe6f9b6';

export const BuildSchema = strictObject(
  {
    engine: Type.Optional(
      oneOf(ENGINE_NAMES, {
        description: 'The container engine that builds and pushes.',
        otherwise: 'the first of them that is there and answers',
      }),
    ),
    nodeImage: Type.String({
      minLength: 1,
      default: NODE_IMAGE,
      description:
        'The image from which the Node runtime of the watcher is taken: a copy of the official one, with Debian under it.',
    }),
  },
  { default: {}, description: 'How the images are built.' },
);
