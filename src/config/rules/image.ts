import { describeValue, type Problem } from '../../errors/problem';
import { ECR_URI } from '../complete-image';
import { isMap } from '../maps';
import { didYouMean } from '../suggest';
import type { RuleSubject, WorkerRule } from './rule';

const ORIGINS = ['path', 'uri', 'name'] as const;
const OF_A_BUILD = ['dockerfile', 'buildArgs', 'target'] as const;

/** An image is built, or is there, or stands among the framework's own. */
export const imageHasOneOrigin: WorkerRule = {
  reads: ['image'],
  check: ({ worker: { image }, at }) => {
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

/** The name ends where the value begins, and a process takes no NUL. */
export const buildArgsCanBePassed: WorkerRule = {
  reads: ['image'],
  check: ({ worker: { image }, at }) =>
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

export const isImageReference = (text: string): boolean => REFERENCE.test(text);

export const imageUriIsOne: WorkerRule = {
  reads: ['image'],
  check: ({ worker: { image }, at }) => {
    if (typeof image !== 'object' || image.uri === undefined) return [];
    return referenceProblems(image.uri, at('image', 'uri'));
  },
};

export function referenceProblems(reference: string, place: string): Problem[] {
  if (isImageReference(reference)) return [];
  return [{ code: 'WATCHBOT_MALFORMED', place, given: describeValue(reference), allowed: REFERENCE_FORM }];
}

/** The image stands in the framework's list, in a form of which the same image can be made as there. */
export const imageNameIsKnown: WorkerRule = {
  reads: ['image'],
  check: ({ worker: { image }, at, context }) => {
    if (typeof image !== 'object' || image.name === undefined) return [];
    const entry = context.providerImages?.[image.name];
    return entry === undefined
      ? unknownName(image.name, at('image', 'name'), context)
      : providerImageProblems(entry, `provider.ecr.images.${image.name}`);
  },
};

function unknownName(
  name: string,
  place: string,
  { providerImages = {} }: RuleSubject['context'],
): Problem[] {
  const known = Object.keys(providerImages);
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
