import { Type } from '@sinclair/typebox';
import { mapOf, strictObject } from './values';

const Build = strictObject(
  {
    path: Type.String({ minLength: 1, description: 'The folder that is the build context.' }),
    dockerfile: Type.Optional(Type.String({ minLength: 1, description: 'Relative to `path`.' })),
    buildArgs: Type.Optional(mapOf(Type.String(), { description: 'Build arguments, by name.' })),
    target: Type.Optional(
      Type.String({ minLength: 1, description: 'The stage of the Dockerfile to build.' }),
    ),
  },
  { title: 'a build' },
);

export const ImageSchema = Type.Union(
  [Type.String({ minLength: 1, description: 'The folder that is the build context.' }), Build],
  {
    default: '.',
    title: 'a folder, or {path, dockerfile, buildArgs, target}',
    description: 'The image that the worker runs in: a folder with a Dockerfile, which stays as it is.',
  },
);
