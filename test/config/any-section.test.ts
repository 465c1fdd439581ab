import { describe, expect, it } from '@jest/globals';
import type { Configuration } from '../../src/config/configuration';
import { idsOf } from '../../src/config/logical-ids';
import { UserError } from '../../src/errors/user-error';
import { CONTEXT, parse } from './support';
import { fc } from '../helpers/seeded';

const C = { command: 'true' };
const TOPIC = 'arn:aws:sns:us-east-1:123456789012:tiles';
const QUEUE = 'arn:aws:sqs:us-east-1:123456789012:tiles';

/** What an anchor makes of `&a [*a, {b: *a}]`. */
const CIRCLE: unknown[] = [];
CIRCLE.push(CIRCLE, { b: CIRCLE });

describe('any value as a section', () => {
  const junk = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom<unknown>(
      null,
      '',
      0,
      -1,
      1.5,
      Number.NaN,
      [],
      {},
      { Ref: 'X' },
      { 'Fn::Sub': null },
      'arn:aws:',
      new Date('2026-01-02T00:00:00Z'),
      new Date(Number.NaN),
      new Map([['a', 1]]),
      10n,
      () => 1,
      CIRCLE,
    ),
  );
  const key = fc.constantFrom(
    '',
    '__proto__',
    'constructor',
    'toString',
    'a\nb',
    'a b',
    '0',
    'tiles',
    'Watchbot',
  );
  const map = (value: fc.Arbitrary<unknown>) =>
    fc.dictionary(fc.oneof(key, fc.string()), value, { maxKeys: 3, noNullPrototype: true });
  const list = (value: fc.Arbitrary<unknown>) => fc.array(value, { maxLength: 3 });
  /** Mostly valid values, so that the rest of the section is checked too. */
  const mostly = (...right: fc.Arbitrary<unknown>[]) =>
    fc.oneof(...right.map((arbitrary) => ({ arbitrary, weight: 4 })), { arbitrary: junk, weight: 1 });
  const some = (fields: Record<string, fc.Arbitrary<unknown>>) =>
    fc.record(
      { ...fields, [`${Object.keys(fields)[0]}x`]: junk },
      { requiredKeys: [], noNullPrototype: true },
    );
  const number = mostly(fc.integer({ min: -1, max: 50_000 }), fc.constantFrom(256, 512, 1024, 2048, 60, 120));
  const flag = mostly(fc.boolean());
  const text = mostly(
    fc.string(),
    fc.constantFrom('/tmp', '/data', '/data/tiles', '/tiles/key', 'subnet-0a1b2c3d', 's3:GetObject'),
  );
  const fn = fc.constantFrom({ Ref: 'X' }, { 'Fn::GetAtt': ['X', 'Arn'] });
  const arn = (...arns: string[]) => mostly(fc.oneof(fc.constantFrom(...arns), fn));
  const group = fc.constantFrom('a', 'a b', undefined);
  const expression = mostly(
    fc.constantFrom('rate(1 day)', 'cron(0 6 * * ? *)', 'at(2030-01-01T00:00:00)', 'at(2030-99-01T00:00:00)'),
  );
  const input = mostly(text, map(junk));
  const event = mostly(
    some({ sns: mostly(arn(TOPIC, `${TOPIC}.fifo`), some({ arn: arn(TOPIC), filterPolicy: map(junk) })) }),
    some({
      eventBridge: mostly(some({ pattern: map(junk), input, inputPath: text, messageGroupId: group })),
    }),
    some({
      schedule: mostly(expression, some({ rate: expression, timezone: text, input, messageGroupId: group })),
    }),
    some({
      s3: mostly(
        some({
          bucket: arn('tiles', 'Tiles'),
          event: mostly(fc.constantFrom('s3:ObjectCreated:*', 's3:ObjectCreated:Put', 's3:ObjectAcl:Put')),
          prefix: text,
          suffix: text,
          existing: flag,
          messageGroupId: group,
        }),
      ),
    }),
    some({
      webhook: mostly(
        some({
          authorization: mostly(
            fc.constantFrom('apiKey', 'iam', 'none'),
            some({
              jwt: mostly(
                some({ issuer: arn('https://tokens.example.com'), audience: list(text), scopes: list(text) }),
              ),
            }),
          ),
          throttle: mostly(some({ rate: number, burst: number })),
          messageGroupId: group,
        }),
      ),
    }),
  );
  const alarm = mostly(
    fc.constant(false),
    some({ threshold: number, period: number, evaluationPeriods: number }),
  );
  const workerFields = {
    command: mostly(text, list(text)),
    image: mostly(
      text,
      some({ path: text, dockerfile: text, buildArgs: map(text), target: text, uri: text, name: text }),
    ),
    architecture: mostly(fc.constantFrom('x86_64', 'arm64')),
    cpu: number,
    memory: number,
    softMemory: number,
    ephemeralStorage: number,
    gpu: number,
    privileged: flag,
    capacity: mostly(
      fc.constantFrom('FARGATE', 'FARGATE_SPOT', 'EC2'),
      list(
        some({
          provider: fc.oneof(fc.constantFrom('FARGATE', 'FARGATE_SPOT', 'fargate', 'mine'), fn),
          weight: number,
          base: number,
        }),
      ),
    ),
    placementConstraints: mostly(
      list(some({ type: fc.constantFrom('distinctInstance', 'memberOf'), expression: text })),
    ),
    placementStrategies: mostly(
      list(some({ type: fc.constantFrom('random', 'spread', 'binpack'), field: text })),
    ),
    concurrency: number,
    stopTimeout: number,
    stopNotice: number,
    stdin: flag,
    environment: mostly(map(text)),
    secrets: mostly(map(mostly(text, some({ ssm: text }), some({ secretsManager: text })))),
    permissions: mostly(
      list(some({ Action: mostly(text, list(text)), Resource: text, Sid: text, Condition: junk })),
    ),
    managedPolicies: mostly(list(text)),
    role: text,
    executionRole: text,
    schedulerRole: text,
    queue: mostly(
      some({
        fifo: flag,
        delay: number,
        maxReceives: number,
        retention: number,
        deadLetter: mostly(flag, arn(QUEUE, `${QUEUE}.fifo`)),
        encryption: arn('SSE-SQS', 'KMS', 'alias/aws/sqs', 'alias/tiles'),
      }),
      some({
        arn: arn(QUEUE, `${QUEUE}.fifo`),
        fifo: flag,
        deadLetter: arn(QUEUE),
        visibilityTimeout: number,
      }),
    ),
    topic: flag,
    scaling: mostly(
      some({
        min: number,
        max: number,
        awake: flag,
        jobDuration: number,
        latency: number,
        groups: number,
        keepIdle: mostly(fc.constantFrom(60, 600)),
        steps: mostly(list(some({ messages: number, tasks: number }))),
        compatibility: mostly(fc.constant('watchbot')),
        schedule: mostly(
          list(some({ rate: mostly(text, arn('cron(0 8 ? * MON *)')), min: number, max: number })),
        ),
      }),
    ),
    deploy: mostly(some({ finish: number, alarms: mostly(list(mostly(fc.constant('failures'), fn))) })),
    alarms: mostly(
      some({
        cpu: alarm,
        memory: alarm,
        deadLetter: alarm,
        deadLetterGrowth: alarm,
        deadLetterAge: alarm,
        age: alarm,
        queueSize: alarm,
        workerErrors: alarm,
      }),
    ),
    logs: mostly(some({ retention: number, structured: flag })),
    mounts: mostly(list(text)),
    writableFilesystem: flag,
    volumes: mostly(
      fc.dictionary(
        fc.constantFrom('a', 'b', 'mount-1'),
        some({
          path: mostly(fc.constantFrom('/a', '/tmp/a', '/a/b', '/', 'a')),
          efs: mostly(text),
          ebs: number,
          type: text,
          iops: number,
          host: text,
          emptied: flag,
          readOnly: flag,
        }),
      ),
    ),
    exec: flag,
    events: mostly(list(event)),
    healthCheck: mostly(
      fc.boolean(),
      some({ command: mostly(text, list(text)), interval: number, timeout: number, retries: number }),
    ),
    reduce: mostly(fc.boolean(), some({ pointInTimeRecovery: flag })),
    sender: flag,
    dashboard: flag,
    extensions: mostly(
      map(junk),
      some({ queue: map(junk), topic: map(junk), cluster: map(junk), schedule1: map(junk) }),
    ),
  };
  const shared = {
    cluster: text,
    vpc: mostly(some({ subnets: mostly(list(text)), securityGroups: list(text), publicIp: flag })),
    notify: mostly(text, list(text)),
  };
  const worker = fc.record(workerFields, { requiredKeys: ['command'], noNullPrototype: true });
  /** Few keys, so that many sections are valid as a whole. */
  const small = fc
    .subarray(Object.entries(workerFields), { maxLength: 3 })
    .chain((fields) => fc.record(Object.fromEntries(fields), { noNullPrototype: true }))
    .map((fields) => ({ ...C, cluster: 'main', ...fields }));
  const section = fc.oneof(
    { arbitrary: junk, weight: 1 },
    { arbitrary: small, weight: 4 },
    {
      arbitrary: fc.record({ ...shared, ...workerFields }, { requiredKeys: [], noNullPrototype: true }),
      weight: 4,
    },
    {
      arbitrary: some({
        workers: mostly(map(mostly(worker))),
        ...shared,
        extensions: mostly(map(junk), some({ cluster: map(junk), subnet1: map(junk), queue: map(junk) })),
        queue: junk,
      }),
      weight: 4,
    },
  );

  it('becomes a frozen configuration or a user error, never a crash', () => {
    fc.assert(
      fc.property(section, (given) => {
        const outcome = attempt(given);
        if (outcome instanceof UserError) {
          expect(outcome.problems.length).toBeGreaterThan(0);
          return;
        }
        expect(Object.isFrozen(outcome) && Object.isFrozen(outcome.workers[0]?.queue)).toBe(true);
        const ids = outcome.workers.flatMap((made) => Object.values(idsOf(made)));
        expect(new Set(ids).size).toBe(ids.length);
      }),
      { numRuns: 500 },
    );
  });

  it('that is right except for one value gives errors about that value alone', () => {
    const single = fc
      .constantFrom(...Object.keys(workerFields))
      .chain((name) => fc.record({ name: fc.constant(name), value: junk }));
    fc.assert(
      fc.property(single, ({ name, value }) => {
        const outcome = attempt({ ...C, [name]: value });
        const problems = outcome instanceof UserError ? outcome.problems : [];
        // A wrong size is reported at `memory` if Fargate has the cpu, whichever of the pair was given.
        const places = [`watchbot.${name}`, ...(name === 'cpu' ? ['watchbot.memory'] : [])];
        expect(problems.filter(({ place }) => !places.some((own) => place.startsWith(own)))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

function attempt(section: unknown): Configuration | UserError {
  try {
    return parse(section, CONTEXT);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}
