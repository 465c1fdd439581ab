import { describeValue, type Problem } from '../../errors/problem';
import { isMap } from '../../shared/json';
import { partitionOf } from '../../shared/partition';
import { isIntrinsic, type TextOrIntrinsic } from '../configuration';
import { beginningsOf, isArn, returnValuesOf, type OwnResources } from '../functions';
import { functionsIn, instead } from '../plain-values';
import type { RuleSubject, WorkerRule } from './rule';

/** A value that a user gave, with its place. */
interface GivenValue {
  place: string;
  value: unknown;
}

/**
 * A function that gives something else of a resource than the key takes. Only what is certain: nothing of types that are not
 * known, of parameters and of conditions.
 */
const referencesGiveWhatIsTaken: WorkerRule = {
  reads: [
    'queue.arn',
    'queue.deadLetter',
    'topic',
    'managedPolicies.*',
    'schedulerRole',
    'events.*',
    'capacity.*',
    'deploy.alarms',
    'volumes.*',
    'infrastructureRole',
  ],
  check: (subject) => {
    const { resources } = subject.configuration.context;
    return [
      ...arnsOf(subject).flatMap((given) => notArnProblems(given, resources)),
      ...namesOf(subject).flatMap((given) => notNameProblems(given, resources)),
    ];
  },
};

const valueIn = (map: unknown, key: string): unknown => (isMap(map) ? map[key] : undefined);

function arnsOf({ given, at }: RuleSubject): GivenValue[] {
  return [
    ...(['arn', 'deadLetter'] as const).map((key) => ({
      place: at('queue', key),
      value: valueIn(given.queue, key),
    })),
    { place: at('topic'), value: given.topic },
    { place: at('schedulerRole'), value: given.schedulerRole },
    { place: at('infrastructureRole'), value: given.infrastructureRole },
    ...(given.managedPolicies ?? []).map((value, index) => ({
      place: at('managedPolicies', String(index)),
      value,
    })),
    ...(given.events ?? []).flatMap(({ sns, webhook }, index) => [
      isIntrinsic(sns)
        ? { place: at('events', String(index), 'sns'), value: sns }
        : { place: at('events', String(index), 'sns', 'arn'), value: valueIn(sns, 'arn') },
      { place: at('events', String(index), 'webhook', 'role'), value: valueIn(webhook, 'role') },
    ]),
  ];
}

function namesOf({ given, at }: RuleSubject): GivenValue[] {
  const { capacity, deploy, events = [], volumes = {} } = given;
  return [
    ...entriesOf(capacity).map((entry, index) => ({
      place: at('capacity', String(index), 'provider'),
      value: valueIn(entry, 'provider'),
    })),
    ...Object.entries(volumes).flatMap(([name, volume]) =>
      (['efs', 'accessPoint', 'securityGroup', 'snapshot'] as const).map((key) => ({
        place: at('volumes', name, key),
        value: volume?.[key],
      })),
    ),
    ...entriesOf(valueIn(deploy, 'alarms')).map((value, index) => ({
      place: at('deploy', 'alarms', String(index)),
      value,
    })),
    ...events.map(({ s3 }, index) =>
      isIntrinsic(s3)
        ? { place: at('events', String(index), 's3'), value: s3 }
        : { place: at('events', String(index), 's3', 'bucket'), value: valueIn(s3, 'bucket') },
    ),
  ];
}

const entriesOf = (list: unknown): readonly unknown[] => (Array.isArray(list) ? list : []);

/** The reference with which a function begins, if there is one, and no condition. */
function referenceIn(value: unknown, resources: OwnResources) {
  const [only] = isIntrinsic(value) && !('Fn::If' in value) ? beginningsOf(value) : [];
  if (only === undefined || 'text' in only) return undefined;
  const values = returnValuesOf(only.id, resources);
  return values && { ...only, values, type: resources[only.id]!.type };
}

function notArnProblems({ place, value }: GivenValue, resources: OwnResources): Problem[] {
  const reference = referenceIn(value, resources);
  if (reference === undefined || isArn(value as TextOrIntrinsic, resources) !== false) return [];
  const { id, values, type } = reference;
  if (values.ref !== 'ARN' && values.arn === undefined) return [];
  const right = values.ref === 'ARN' ? id : `${id}.${values.arn}`;
  const alone = values.ref === 'ARN' ? `!Ref ${id}` : `!GetAtt ${right}`;
  const what = reference.attribute ?? values.ref;
  return [
    {
      code: 'WATCHBOT_NOT_ALLOWED',
      place,
      given: `${describeValue(value)}, which gives the ${what} of ${type}`,
      allowed: 'a function that gives an ARN',
      advice: adviceFor(value, { alone, inText: right, isAlone: reference.isAlone }),
    },
  ];
}

/** The right reference by itself, and as it stands in an `Fn::Sub`. */
interface RightReference {
  alone: string;
  inText: string;
  isAlone: boolean;
}

function adviceFor(value: unknown, { alone, inText, isAlone }: RightReference): string {
  const text = valueIn(value, 'Fn::Sub');
  if (isAlone) return `write \`${alone}\``;
  if (typeof text !== 'string') return `begin it with \`${alone}\``;
  return `write \`!Sub '${text.replace(/^\$\{[^}]+\}/, () => `\${${inText}}`)}'\``;
}

function notNameProblems({ place, value }: GivenValue, resources: OwnResources): Problem[] {
  const { id, attribute, values, type, isAlone } = referenceIn(value, resources) ?? {};
  if (id === undefined || attribute === undefined || attribute !== values?.arn) return [];
  if (values.ref !== 'name' && values.ref !== 'id') return [];
  return [
    {
      code: 'WATCHBOT_NOT_ALLOWED',
      place,
      given: `${describeValue(value)}, which gives the ARN of ${type}`,
      allowed: `a function that gives ${values.ref === 'id' ? 'an id' : 'a name'}`,
      advice: adviceFor(value, { alone: `!Ref ${id}`, inText: id, isAlone: isAlone === true }),
    },
  ];
}

/** IAM takes ARNs and `*`, and says so in the deploy only. */
const permissionsNameArns: WorkerRule = {
  reads: ['permissions.*'],
  check: ({ worker: { permissions }, at, configuration: { context } }) =>
    permissions.flatMap(({ Action, Resource }, index) => {
      const all: readonly unknown[] = Array.isArray(Resource) ? Resource : [Resource];
      return all.flatMap((value, number) => {
        const keys = Array.isArray(Resource) ? ['Resource', String(number)] : ['Resource'];
        const given = { place: at('permissions', String(index), ...keys), value };
        if (isIntrinsic(value)) {
          return [...notArnProblems(given, context.resources), ...noArnInSub(given, Action, context.region)];
        }
        return noArnProblems(given, Action, context.region);
      });
    }),
};

function noArnInSub({ place, value }: GivenValue, actions: string | string[], region: string): Problem[] {
  const text = valueIn(value, 'Fn::Sub');
  if (typeof text !== 'string' || mayBecomeArn(text)) return [];
  return noArnProblems({ place, value: text }, actions, region).map(({ advice, ...problem }) => ({
    ...problem,
    given: describeValue(value),
    ...(advice !== undefined && { advice: advice.replace(/^write `(.*)`$/, "write `!Sub '$1'`") }),
  }));
}

/** Whether the variables in a text may make an ARN of it, or `*`. */
function mayBecomeArn(text: string): boolean {
  const [beginning = ''] = text.split('${');
  return beginning !== text && ['arn:', '*'].some((whole) => whole.startsWith(beginning));
}

function noArnProblems({ place, value }: GivenValue, actions: string | string[], region: string): Problem[] {
  // What a variable begins is known only when it is filled in.
  if (typeof value !== 'string' || /^(arn:|\*$|\$\{)/.test(value)) return [];
  const arn = arnLike(value, [actions].flat(), region);
  return [
    {
      code: 'WATCHBOT_MALFORMED',
      place,
      given: describeValue(value),
      allowed: 'an ARN like arn:aws:s3:::NAME/*, `*`, or a CloudFormation function that gives an ARN',
      ...(arn !== undefined && { advice: `write \`${arn}\`` }),
    },
  ];
}

const HERE = '${aws:region}:${aws:accountId}';

/** By the service of the actions: what stands before a name in its ARNs. */
const BEFORE_NAMES: Readonly<Record<string, string>> = {
  s3: 's3:::',
  dynamodb: `dynamodb:${HERE}:table/`,
  kinesis: `kinesis:${HERE}:stream/`,
  lambda: `lambda:${HERE}:function:`,
  sns: `sns:${HERE}:`,
  sqs: `sqs:${HERE}:`,
  ssm: `ssm:${HERE}:parameter/`,
  states: `states:${HERE}:stateMachine:`,
};

/** A name, and for an object of a bucket its key. */
const NAME = /^[A-Za-z0-9._-]+$/;
const NAME_AND_PATH = /^[A-Za-z0-9._-]+(\/\S*)?$/;

/** The ARN that a name most likely means. */
function arnLike(text: string, actions: readonly string[], region: string): string | undefined {
  const [service = '', ...others] = new Set(actions.map((action) => action.split(':')[0]!.toLowerCase()));
  if (others.length > 0 || !Object.hasOwn(BEFORE_NAMES, service)) return undefined;
  const name = text.replace(service === 's3' ? /^s3:\/\// : /^\//, '');
  const isName = (service === 's3' || service === 'ssm' ? NAME_AND_PATH : NAME).test(
    name.replaceAll(/\$\{[^}]+\}/g, 'x'),
  );
  return isName ? `arn:${partitionOf(region)}:${BEFORE_NAMES[service]}${name}` : undefined;
}

/** The message of an event is written when the service is packaged: a function in it would be sent as it stands. */
const messagesHaveNoFunctions: WorkerRule = {
  reads: ['events.*'],
  check: ({ given: { events = [] }, at }) =>
    events.flatMap((event, index) =>
      (['schedule', 'eventBridge'] as const).flatMap((kind) =>
        functionsIn(valueIn(event[kind], 'input'), [kind, 'input']).map(({ keys, given }) => ({
          code: 'WATCHBOT_WRONG_TYPE' as const,
          place: at('events', String(index), ...keys),
          given: describeValue(given),
          allowed: 'a value without a CloudFormation function: it would be sent as it stands',
          advice: `${instead(given)}; or give it to the worker by \`environment\``,
        })),
      ),
    ),
};

export const REFERENCE_RULES: readonly WorkerRule[] = [
  referencesGiveWhatIsTaken,
  permissionsNameArns,
  messagesHaveNoFunctions,
];
