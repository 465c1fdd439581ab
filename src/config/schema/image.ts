import { Type } from '@sinclair/typebox';
import { mapOf, strictObject } from './values';

/** What a build has where it does not say. A validator fills in no defaults within a choice. */
export const IMAGE_DEFAULTS = { dockerfile: 'Dockerfile' } as const;

const Build = strictObject(
  {
    path: Type.String({
      minLength: 1,
      description: 'The folder that is the build context, relative to the service.',
    }),
    dockerfile: Type.Optional(
      Type.String({ minLength: 1, default: IMAGE_DEFAULTS.dockerfile, description: 'Relative to `path`.' }),
    ),
    buildArgs: Type.Optional(mapOf(Type.String(), { description: 'Build arguments, by name.' })),
    target: Type.Optional(
      Type.String({ minLength: 1, description: 'The stage of the Dockerfile to build.' }),
    ),
  },
  { title: 'a build' },
);

export const ImageSchema = Type.Union([Type.String({ minLength: 1 }), Build], {
  default: '.',
  title: 'a folder, or {path, dockerfile, buildArgs, target}',
  description:
    'The image that the worker runs in: a folder with a Dockerfile in it. The file stays as it is; the watcher is added in a layer on top.',
});
