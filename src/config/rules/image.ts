import { describeValue, type Problem } from '../../errors/problem';
import { ECR_URI } from '../complete/image';
import { isMap } from '../../shared/json';
import { withVariables } from '../plain-values';
import { didYouMean } from '../suggest';
import type { WorkerRule } from './rule';

const ORIGINS = ['path', 'uri', 'name'] as const;
const OF_A_BUILD = ['dockerfile', 'buildArgs', 'target'] as const;

/** An image is built, exists already, or is one of the framework's own. */
const imageHasOneOrigin: WorkerRule = {
  reads: ['image.path', 'image.uri', 'image.name'],
  check: ({ given: { image }, at }) => {
    if (typeof image !== 'object') return [];
    const origins = ORIGINS.filter((key) => image[key] !== undefined);
    const place = at('image');
    if (origins.length === 0) {
      const advice = 'add `path`: `.` is the folder of the service';
      return [{ code: 'WATCHBOT_MISSING_KEY', place, allowed: 'one of path, uri, name', advice }];
    }
    if (origins.length > 1) {
      const given = origins.join(' and ');
      return [{ code: 'WATCHBOT_CONTRADICTION', place, given, allowed: 'one of path, uri, name' }];
    }
    if (image.path !== undefined) return [];
    return OF_A_BUILD.filter((key) => image[key] !== undefined).map((key) => ({
      code: 'WATCHBOT_CONTRADICTION' as const,
      place: at('image', key),
      given: `\`${key}\` beside \`${origins[0]}\``,
      allowed: 'only beside `path`: nothing of this image is built here',
    }));
  },
};

/** They are passed as NAME=VALUE, and an argument of a process cannot hold a NUL. */
const buildArgsCanBePassed: WorkerRule = {
  reads: ['image.buildArgs.*'],
  check: ({ given: { image }, at }) =>
    typeof image !== 'object' ? [] : buildArgProblems(image.buildArgs, at('image', 'buildArgs')),
};

function buildArgProblems(buildArgs: object = {}, place: string): Problem[] {
  return Object.entries(buildArgs).flatMap(([name, value]): Problem[] => {
    // eslint-disable-next-line no-control-regex -- finding them is the point
    const isName = /^[^=\s\0-\x1f]+$/.test(name);
    if (!isName)
      return [{ code: 'WATCHBOT_MALFORMED', place, given: describeValue(name), allowed: ARG_NAME }];
    if (!String(value).includes('\0')) return [];
    const given = 'a text with a NUL in it';
    return [{ code: 'WATCHBOT_MALFORMED', place: `${place}.${name}`, given, allowed: 'text without one' }];
  });
}

const ARG_NAME = 'a name without blanks and `=`';

/** https://docs.docker.com/reference/cli/docker/image/tag/ : nothing in it may end the line of a Containerfile. */
const REFERENCE =
  /^(([A-Za-z0-9.-]+|\[[0-9a-f:]+\])(:\d+)?\/)?[a-z0-9][a-z0-9._-]*(\/[a-z0-9][a-z0-9._-]*)*(:\w[\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$/;
const REFERENCE_FORM = 'the name of an image like REGISTRY/NAME:TAG or REGISTRY/NAME@sha256:DIGEST';

const imageUriIsOne: WorkerRule = {
  reads: ['image.uri'],
  check: ({ given: { image }, at }) => {
    if (typeof image !== 'object' || image.uri === undefined) return [];
    return referenceProblems(image.uri, at('image', 'uri'));
  },
};

export function referenceProblems(reference: string, place: string): Problem[] {
  if (REFERENCE.test(reference)) return [];
  const text = reference.includes('${AWS::') ? withVariables(reference) : undefined;
  const advice = text === undefined ? {} : { advice: `write \`${text}\`` };
  return [
    {
      code: 'WATCHBOT_MALFORMED',
      place,
      given: describeValue(reference),
      allowed: REFERENCE_FORM,
      ...advice,
    },
  ];
}

/** The image is in the framework's list, in a form from which the plugin can make the same image. */
const imageNameIsKnown: WorkerRule = {
  reads: ['image.name'],
  check: ({ given: { image }, at, configuration }) => {
    if (typeof image !== 'object' || image.name === undefined) return [];
    const { providerImages = {} } = configuration.context;
    const entry = providerImages[image.name];
    return entry === undefined
      ? unknownName(image.name, at('image', 'name'), Object.keys(providerImages))
      : providerImageProblems(entry, `provider.ecr.images.${image.name}`);
  },
};

function unknownName(name: string, place: string, known: readonly string[]): Problem[] {
  const advice = didYouMean(name, known) ?? 'define it there, or give the worker a `path` or `uri`';
  const allowed = `one of provider.ecr.images: ${known.join(', ') || 'there are none'}`;
  return [{ code: 'WATCHBOT_NOT_ALLOWED', place, given: describeValue(name), allowed, advice }];
}

/** The framework takes one of `path` and `uri`, and checks the entry only when a function uses it. */
function providerImageProblems(entry: unknown, place: string): Problem[] {
  if (typeof entry === 'string' && entry !== '') {
    return ECR_URI.test(entry) ? referenceProblems(entry, place) : [];
  }
  const allowed = 'a folder, the address of an image, {path, file, buildArgs} or {uri}';
  const { path, uri, buildArgs, buildOptions } = isMap(entry) ? entry : {};
  if ((typeof path === 'string') === (typeof uri === 'string')) {
    return [{ code: 'WATCHBOT_WRONG_TYPE', place, given: describeValue(entry), allowed }];
  }
  if (Array.isArray(buildOptions) && buildOptions.length > 0) {
    return [
      {
        code: 'WATCHBOT_CONTRADICTION',
        place: `${place}.buildOptions`,
        given: describeValue(buildOptions),
        allowed: 'an image of a worker without options of docker, which no other engine has',
        advice: 'give the worker a build of its own: `image: {path, dockerfile, buildArgs, target}`',
      },
    ];
  }
  return typeof uri === 'string'
    ? referenceProblems(uri, `${place}.uri`)
    : buildArgProblems(isMap(buildArgs) ? buildArgs : {}, `${place}.buildArgs`);
}

export const IMAGE_RULES: readonly WorkerRule[] = [
  imageHasOneOrigin,
  imageUriIsOne,
  imageNameIsKnown,
  buildArgsCanBePassed,
];
