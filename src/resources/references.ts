import type { Intrinsic, TextOrIntrinsic } from '../config/configuration';
import { getAtt, ref, type Statement } from './cloudformation';
import { deadLetterQueueUrl, queueArn, queueUrl } from './worker/queue-references';
import { keyStatements, type KeyUser } from './worker/encryption';
import { idOf, type ConfiguredWorker, type Target } from './worker/subject';

/** What the rest of a service can refer to, and what a reference means for who uses it. */
interface Reference {
  /** Undefined: the worker does not have it. */
  valueOf: (target: Target) => TextOrIntrinsic | undefined;
  /** Whoever is told it is to send there. */
  action?: 'sqs:SendMessage' | 'sns:Publish';
}

const topicArn = (target: Target): Intrinsic | undefined =>
  target.worker.topic ? ref(idOf(target, 'topic')) : undefined;

/** By the name in `${watchbot:WORKER.NAME}`. */
const REFERENCES = {
  queueUrl: { valueOf: queueUrl, action: 'sqs:SendMessage' },
  queueArn: { valueOf: queueArn, action: 'sqs:SendMessage' },
  topicArn: { valueOf: topicArn, action: 'sns:Publish' },
  deadLetterQueueUrl: { valueOf: deadLetterQueueUrl },
  logGroup: { valueOf: (target) => ref(idOf(target, 'logGroup')) },
  progressTable: {
    valueOf: (target) =>
      target.worker.reduce === undefined ? undefined : getAtt(idOf(target, 'progressTable'), 'Arn'),
  },
} satisfies Record<string, Reference>;

export type ReferenceName = keyof typeof REFERENCES;
export const REFERENCE_NAMES = Object.keys(REFERENCES) as readonly ReferenceName[];

export function referenceTo(target: Target, name: ReferenceName): TextOrIntrinsic | undefined {
  return REFERENCES[name].valueOf(target);
}

/**
 * Leave to send to each worker whose queue or topic stands somewhere in the values, such as a function's environment.
 * It is recognised by what a reference to it is in a template, whether it came from a variable or was written out.
 */
export function sendStatements(values: unknown, targets: readonly ConfiguredWorker[]): Statement[] {
  const used = new Set<string>();
  collect(values, used);
  return targets.flatMap((target) => {
    const isUsed = ({ valueOf, action }: Reference) =>
      action !== undefined && used.has(JSON.stringify(valueOf(target)));
    const actions = Object.values<Reference>(REFERENCES).flatMap((reference) =>
      isUsed(reference) && reference.action !== undefined ? [reference.action] : [],
    );
    if (actions.length === 0) return [];
    const sending = [...new Set(actions)].map((action) => statementFor(action, target));
    const users = [...new Set(actions.map((action) => KEY_USERS[action]))];
    return [...sending, ...keyStatements(target, users).map(withoutSid)];
  });
}

const KEY_USERS: Record<NonNullable<Reference['action']>, KeyUser> = {
  'sqs:SendMessage': 'sqs',
  'sns:Publish': 'sns',
};

/** A policy that several targets share must not have a name twice. */
function withoutSid(statement: Statement): Statement {
  const { Sid, ...others } = statement;
  return Sid === undefined ? statement : others;
}

function statementFor(action: NonNullable<Reference['action']>, target: Target): Statement {
  const Resource = action === 'sns:Publish' ? topicArn(target) : queueArn(target);
  return { Effect: 'Allow', Action: action, Resource };
}

/** The JSON of every value in a value. */
function collect(value: unknown, into: Set<string>): void {
  if (value === undefined) return;
  into.add(JSON.stringify(value));
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach((entry) => collect(entry, into));
  }
}
