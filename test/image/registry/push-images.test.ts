import type { ECRClient } from '@aws-sdk/client-ecr';
import { expect, it } from '@jest/globals';
import { UserError } from '../../../src/errors/user-error';
import type { Engine } from '../../../src/image/engine/engine';
import type { PackagedImage } from '../../../src/image/package-folder';
import { ecrRegistry } from '../../../src/image/registry/ecr';
import { LIFECYCLE_POLICY, removeRepositories } from '../../../src/image/registry/ecr-repositories';
import { pushImages, type PushEvent } from '../../../src/image/registry/push-images';
import { CONTEXT } from '../../config/support';

type Answer = (input: Record<string, unknown>) => object;
type Answers = Record<string, object>;

const REPOSITORY = 'tiles-dev/watchbot';
const HOST = '123456789012.dkr.ecr.us-east-1.amazonaws.com';
const URI = `${HOST}/${REPOSITORY}`;
const TOKEN = Buffer.from('AWS:secret:word').toString('base64');

/** An error of AWS's by its name. */
const named = (name: string, message = '') => Object.assign(new Error(message), { name });

/** Answers by operation; what is asked is written down. */
function ecrOf(answers: Answers) {
  const calls: string[] = [];
  const send = (command: { constructor: { name: string }; input: Record<string, unknown> }) => {
    const operation = command.constructor.name.replace(/Command$/, '');
    calls.push(operation);
    const answer = answers[operation] ?? {};
    const value = typeof answer === 'function' ? (answer as Answer)(command.input) : answer;
    return value instanceof Error ? Promise.reject(value) : Promise.resolve(value);
  };
  return { calls, ecr: { client: { send } as unknown as ECRClient, context: CONTEXT } };
}

const NOTHING_THERE: Answers = {
  DescribeImages: named('RepositoryNotFoundException'),
  DescribeRepositories: named('RepositoryNotFoundException'),
  CreateRepository: { repository: { repositoryUri: URI } },
  GetAuthorizationToken: {
    authorizationData: [{ authorizationToken: TOKEN, proxyEndpoint: `https://${HOST}` }],
  },
};

const IMAGE: PackagedImage = {
  worker: 'watchbot',
  architecture: 'x86_64',
  repository: REPOSITORY,
  tag: 'abc',
  base: { kind: 'build', dockerfile: 'Dockerfile', buildArgs: {} },
  nodeImage: 'node',
  compression: 'gzip',
};

async function push(answers: Answers, failing: Partial<Engine> = {}, images = [IMAGE]) {
  const { calls, ecr } = ecrOf(answers);
  const done: string[] = [];
  const events: PushEvent['kind'][] = [];
  const warnings: string[] = [];
  const note = (text: string) => {
    done.push(text);
    return Promise.resolve();
  };
  const engine: Engine = {
    name: 'docker',
    login: (registry, { username, password }) => note(`login ${registry} ${username} ${password}`),
    build: (_image, { reference }) => note(`build ${reference}`),
    push: (reference) => note(`push ${reference}`),
    zstd: () => Promise.reject(new Error('nobody wants it')),
    ...failing,
  };
  const error = await pushImages({
    images,
    registry: ecrRegistry(ecr),
    packageFolder: '.serverless',
    findEngine: () => Promise.resolve(engine),
    onEvent: (event) => {
      events.push(event.kind);
      if ('warning' in event && event.warning !== undefined) warnings.push(event.warning);
    },
    report: () => undefined,
    npmSettings: () => Promise.resolve(undefined),
  }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { calls, done, events, warnings, error: error as UserError | undefined };
}

it('makes the repository, logs in with the decoded token, builds and pushes', async () => {
  const { calls, done, events } = await push(NOTHING_THERE);
  expect(calls).toEqual([
    'DescribeImages',
    'GetAuthorizationToken',
    'DescribeRepositories',
    'CreateRepository',
    'PutLifecyclePolicy',
  ]);
  expect(done).toEqual([`login ${HOST} AWS secret:word`, `build ${URI}:abc`, `push ${URI}:abc`]);
  expect(events).toEqual(['repositoryMade', 'building', 'pushing', 'pushed']);
});

const MIXED: PackagedImage[] = [
  { ...IMAGE, tag: 'a', compression: 'zstd' },
  { ...IMAGE, tag: 'b', compression: 'gzip' },
  { ...IMAGE, tag: 'c', compression: 'zstd' },
];

it('compresses by zstd what is to have it, and asks the engine once', async () => {
  const asked: string[] = [];
  const zstd = { build: ['--build'], push: ['--push'] };
  const { events } = await push(
    NOTHING_THERE,
    {
      zstd: () => {
        asked.push('zstd');
        return Promise.resolve(zstd);
      },
      build: ({ tag }, options) => {
        asked.push(`${tag} ${options.zstd?.build[0]}`);
        return Promise.resolve();
      },
      push: (reference, options) => {
        asked.push(`${reference.slice(-1)} ${options.zstd?.push[0]}`);
        return Promise.resolve();
      },
    },
    MIXED,
  );
  expect(asked).toEqual([
    'zstd',
    ...['a --build', 'a --push', 'b undefined', 'b undefined', 'c --build', 'c --push'],
  ]);
  expect(events).not.toContain('gzip');
});

it('says once that the engine cannot, and goes on by gzip', async () => {
  const cannot = { zstd: () => Promise.resolve({ whyNot: 'it is old' }) };
  const { events, done } = await push(NOTHING_THERE, cannot, MIXED);
  expect(events.filter((kind) => kind === 'gzip')).toHaveLength(1);
  expect(done.filter((text) => text.startsWith('push'))).toHaveLength(3);
});

it('does nothing but look if the tag is there', async () => {
  const { calls, done, events } = await push({ DescribeImages: { imageDetails: [{}] } });
  expect(calls).toEqual(['DescribeImages', 'DescribeImages']);
  expect(done).toEqual([]);
  expect(events).toEqual(['there']);
});

it.each([
  { name: 'was pushed lately', newer: 49, marks: false },
  { name: 'was pushed long ago', newer: 50, marks: true },
  { name: 'was pushed long ago, and is marked', newer: 50, tags: ['abc', 'kept-abc'], marks: false },
  { name: "is in somebody else's repository", newer: 50, owner: 'another', marks: false },
])(
  'marks an image that is deployed again only if it could be removed soon: one that $name',
  async ({ newer, tags = ['abc'], owner = 'tiles-dev', marks }) => {
    const old = { imageTags: tags, imageDigest: 'sha256:1', imagePushedAt: new Date(0) };
    const others = Array.from({ length: newer }, (_, index) => ({ imagePushedAt: new Date(index + 1) }));
    const puts: object[] = [];
    const { done, warnings } = await push({
      // Two pages.
      DescribeImages: ({ nextToken }: Record<string, unknown>) =>
        nextToken === undefined ? { imageDetails: [old], nextToken: 'two' } : { imageDetails: others },
      DescribeRepositories: { repositories: [{ repositoryArn: 'arn' }] },
      ListTagsForResource: { tags: [{ Key: 'watchbot:stack', Value: owner }] },
      BatchGetImage: { images: [{ imageManifest: '{}', imageManifestMediaType: 'oci' }] },
      PutImage: (input: object) => {
        puts.push(input);
        return {};
      },
    });
    const put = {
      repositoryName: REPOSITORY,
      imageTag: 'kept-abc',
      imageDigest: 'sha256:1',
      imageManifest: '{}',
      imageManifestMediaType: 'oci',
    };
    expect(puts).toEqual(marks ? [put] : []);
    expect(done).toEqual([]);
    expect(warnings).toEqual([]);
  },
);

it('warns, and goes on, where an old image cannot be marked', async () => {
  const old = { imageTags: ['abc'], imagePushedAt: new Date(0) };
  const others = Array.from({ length: 50 }, () => ({ imagePushedAt: new Date(1) }));
  const { error, warnings } = await push({
    DescribeImages: { imageDetails: [old, ...others] },
    DescribeRepositories: named('AccessDeniedException', 'no'),
  });
  expect(error).toBeUndefined();
  expect(warnings[0]).toContain('was not marked to stay:\nWATCHBOT_RIGHTS');
});

it('keeps what is marked from the rule on the others', () => {
  const { rules } = JSON.parse(LIFECYCLE_POLICY) as {
    rules: { rulePriority: number; selection: { tagPatternList?: string[] } }[];
  };
  expect(rules.map(({ rulePriority, selection }) => [rulePriority, selection.tagPatternList])).toEqual([
    [1, ['kept-*']],
    [2, undefined],
    [3, ['*']],
  ]);
});

it('uses a repository that somebody else made, and leaves its settings', async () => {
  const there = { repositories: [{ repositoryName: REPOSITORY, repositoryUri: URI }] };
  const { calls, done } = await push({ ...NOTHING_THERE, DescribeRepositories: there });
  expect(calls).not.toContain('CreateRepository');
  expect(calls).not.toContain('PutLifecyclePolicy');
  expect(done.at(-1)).toBe(`push ${URI}:abc`);
});

it('deploys without permission for a lifecycle policy', async () => {
  const refused = named('AccessDeniedException', 'not authorized to perform: ecr:PutLifecyclePolicy');
  const { error, done } = await push({ ...NOTHING_THERE, PutLifecyclePolicy: refused });
  expect(error).toBeUndefined();
  expect(done.at(-1)).toBe(`push ${URI}:abc`);
});

it('takes a tag that another deploy has pushed meanwhile as its own', async () => {
  let looks = 0;
  const answers = {
    ...NOTHING_THERE,
    DescribeImages: () => ((looks += 1) === 1 ? named('ImageNotFoundException') : { imageDetails: [{}] }),
  };
  const { error, events } = await push(answers, { push: () => Promise.reject(new Error('immutable')) });
  expect(error).toBeUndefined();
  expect(events.at(-1)).toBe('there');
});

it('passes on what the engine says of a push that was cut off', async () => {
  const cut = UserError.of({ code: 'WATCHBOT_PUSH', place: URI, given: 'connection reset by peer' });
  const { error } = await push(NOTHING_THERE, { push: () => Promise.reject(cut) });
  expect(error).toBe(cut);
});

it.each([
  {
    name: 'a missing right',
    answers: { ...NOTHING_THERE, CreateRepository: named('AccessDeniedException', 'no') },
    said: [
      'WATCHBOT_RIGHTS at repository tiles-dev/watchbot',
      '  given:   ecr:CreateRepository and ecr:TagResource in us-east-1 was answered with AccessDeniedException: no',
      '  allowed: credentials with that permission',
      '  do:      give whoever deploys permission for ecr:CreateRepository and ecr:TagResource; docs/permissions.md lists all of them',
    ],
  },
  {
    name: 'credentials that have expired',
    answers: { DescribeImages: named('ExpiredTokenException', 'The security token has expired') },
    said: [
      'WATCHBOT_CREDENTIALS at image tiles-dev/watchbot:abc',
      '  given:   ecr:DescribeImages in us-east-1 was answered with ExpiredTokenException: The security token has expired',
      '  allowed: AWS credentials that are valid now, and in a region that the account has enabled',
      '  do:      log in again, or name others with --aws-profile; see that us-east-1 is the region that you mean',
    ],
  },
  {
    name: 'a region that does not exist',
    answers: { DescribeImages: Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }) },
    said: [
      'WATCHBOT_UNREACHABLE at image tiles-dev/watchbot:abc',
      '  given:   ecr:DescribeImages in us-east-1 was answered with ENOTFOUND: getaddrinfo ENOTFOUND',
      '  allowed: a region of AWS that can be reached from here',
      '  do:      see that there is a region us-east-1 (--region, provider.region), and the network',
    ],
  },
])('says what $name leads to', async ({ answers, said }) => {
  const { error, done } = await push(answers);
  expect(error?.message.split('\n')).toEqual(said);
  expect(done.filter((each) => !each.startsWith('login'))).toEqual([]);
});

it('deletes only repositories with the tags of the stack', async () => {
  const repository = (name: string) => ({ repositoryName: name, repositoryArn: `arn:${name}` });
  const { calls, ecr } = ecrOf({
    DescribeRepositories: {
      repositories: ['tiles-dev/a', 'tiles-dev/b', 'tiles-dev-two/a'].map(repository),
    },
    ListTagsForResource: ({ resourceArn }: Record<string, unknown>) => ({
      tags: resourceArn === 'arn:tiles-dev/b' ? [] : [{ Key: 'watchbot:stack', Value: 'tiles-dev' }],
    }),
  });
  // The paginator asks for a client of ECR's own class.
  const { ECRClient: Client } = await import('@aws-sdk/client-ecr');
  Object.setPrototypeOf(ecr.client, Client.prototype);
  expect(await removeRepositories(ecr)).toEqual({ removed: ['tiles-dev/a'], left: ['tiles-dev/b'] });
  expect(calls.filter((call) => call === 'DeleteRepository')).toHaveLength(1);
});
