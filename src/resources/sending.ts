import type { Configuration } from '../config/configuration';
import { isMap } from '../shared/json';
import { getAtt, policyDocument, ref, sub, type InlinePolicy, type Statement } from './cloudformation';
import { keyStatements, type KeyUser } from './encryption';
import type { Template } from './merge';
import { queueArn } from './queue-references';
import { REFERENCES, topicArn, type Reference } from './references';
import type { Resources } from './resource-types';
import { idOf, named, type ConfiguredWorker, type ReferredWorker, type Subject } from './subject';

/** Permission to send to a worker, and who gets it by a policy of their own. Services that the queue's policy lets in: senders.ts. */

/** Permission to send as most senders do: to the topic, or to the queue if there is no topic. */
export function sendStatement(subject: ReferredWorker): Statement {
  const topic = topicArn(subject);
  return topic === undefined
    ? queueSendStatement(subject)
    : { Effect: 'Allow', Action: 'sns:Publish', Resource: topic };
}

/** Permission to send straight to the queue. */
export function queueSendStatement(subject: ReferredWorker): Statement {
  return { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: queueArn(subject) };
}

/** A policy that lets its owner send as most senders do, and use the key that this takes. */
const sendPolicy = (subject: ConfiguredWorker) =>
  policyOf(sendStatement(subject), keyStatements(subject, [subject.worker.topic === false ? 'sqs' : 'sns']));

/** The same, straight to the queue. */
export const queueSendPolicy = (subject: ConfiguredWorker) =>
  policyOf(queueSendStatement(subject), keyStatements(subject, ['sqs']));

const policyOf = (send: Statement, key: readonly Statement[]): InlinePolicy => ({
  PolicyName: 'send',
  PolicyDocument: policyDocument([{ Sid: 'Send', ...send }, ...key]),
});

/**
 * Watchbot's user of v0 to v3, which may send and nothing else. Its access key is in a secret only: whoever may look at the
 * stack could read an output or a parameter.
 */
export function sender(subject: Subject): Resources {
  const { configuration, worker } = subject;
  if (!worker.sender) return {};
  const key = idOf(subject, 'senderKey');
  return {
    ...named(subject, 'sender', {
      Type: 'AWS::IAM::User',
      Properties: { Policies: [sendPolicy(subject)] },
    }),
    ...named(subject, 'senderKey', {
      Type: 'AWS::IAM::AccessKey',
      Properties: { UserName: ref(idOf(subject, 'sender')) },
    }),
    // Without a name: Secrets Manager keeps that of a removed secret for days, and a new stack could not have it.
    ...named(subject, 'senderSecret', {
      Type: 'AWS::SecretsManager::Secret',
      Properties: {
        Description: `Access key of who may send to ${configuration.context.stackName}, worker ${worker.name}`,
        SecretString: sub('{"accessKeyId":"${Id}","secretAccessKey":"${Secret}"}', {
          Id: ref(key),
          Secret: getAtt(key, 'SecretAccessKey'),
        }),
      },
    }),
  };
}

/**
 * Permission to send to each of the workers whose queue or topic stands somewhere in the values, such as in the environment
 * of a function. A reference is recognised by what it is in a template, whether it came from a variable or was written out.
 */
export function sendStatements(values: unknown, workers: readonly ConfiguredWorker[]): Statement[] {
  const used = new Set<string>();
  collect(values, used);
  return workers.flatMap((worker) => {
    const actions = Object.values<Reference>(REFERENCES).flatMap(({ valueOf, action }) =>
      action !== undefined && used.has(JSON.stringify(valueOf(worker))) ? [action] : [],
    );
    if (actions.length === 0) return [];
    const sending = [...new Set(actions)].map((action): Statement => ({
      Effect: 'Allow',
      Action: action,
      Resource: action === 'sns:Publish' ? topicArn(worker) : queueArn(worker),
    }));
    const users = [...new Set(actions.map((action) => KEY_USERS[action]))];
    return [...sending, ...keyStatements(worker, users).map(withoutSid)];
  });
}

/** Adds the JSON of every value within a value. */
function collect(value: unknown, into: Set<string>): void {
  if (value === undefined) return;
  into.add(JSON.stringify(value));
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach((entry) => collect(entry, into));
  }
}

const KEY_USERS: Record<NonNullable<Reference['action']>, KeyUser> = {
  'sqs:SendMessage': 'sqs',
  'sns:Publish': 'sns',
};

/** One policy may have the statements of several workers, and must not have a Sid twice. */
function withoutSid(statement: Statement): Statement {
  const { Sid, ...others } = statement;
  return Sid === undefined ? statement : others;
}

interface FunctionGrant {
  functionId: string;
  /** Undefined for a role that is not in the template. */
  roleId: string | undefined;
  statements: Statement[];
}

const FUNCTION_POLICY_NAME = 'watchbot';

/**
 * Lets the Lambda functions of the template send to the workers that their environment names. Changes the template in place.
 * @returns the functions whose role is defined elsewhere, with what has to be allowed there
 */
export function allowFunctionsToSend(
  template: Template,
  configuration: Configuration,
): { functionId: string; actions: string[] }[] {
  const grants = grantsOf(template, configuration);
  const roleIds = new Set(grants.flatMap(({ roleId }) => (roleId === undefined ? [] : [roleId])));
  for (const roleId of roleIds) {
    const statements = grants.filter((grant) => grant.roleId === roleId).flatMap((grant) => grant.statements);
    addPolicy(template.Resources[roleId], unique(statements));
  }
  return grants
    .filter(({ roleId }) => roleId === undefined)
    .map(({ functionId, statements }) => ({
      functionId,
      actions: [...new Set(statements.flatMap(({ Action }) => Action))],
    }));
}

function grantsOf({ Resources: resources }: Template, configuration: Configuration): FunctionGrant[] {
  const workers = configuration.workers.map((worker) => ({ configuration, worker }));
  return Object.entries(resources).flatMap(([functionId, resource]) => {
    const { Environment, Role } = functionProperties(resource);
    const statements = sendStatements(Environment, workers);
    return statements.length === 0 ? [] : [{ functionId, roleId: roleIn(resources, Role), statements }];
  });
}

function functionProperties(resource: unknown): Record<string, unknown> {
  const isFunction = isMap(resource) && resource.Type === 'AWS::Lambda::Function';
  return isFunction && isMap(resource.Properties) ? resource.Properties : {};
}

/** The role that a function names by `Fn::GetAtt`, as the framework writes it, if it is in the template. */
function roleIn(resources: Template['Resources'], role: unknown): string | undefined {
  const attribute: unknown = isMap(role) ? role['Fn::GetAtt'] : undefined;
  const id: unknown = Array.isArray(attribute) ? attribute[0] : undefined;
  if (typeof id !== 'string') return undefined;
  const resource = resources[id];
  return isMap(resource) && resource.Type === 'AWS::IAM::Role' ? id : undefined;
}

function addPolicy(role: unknown, statements: readonly Statement[]): void {
  const { Properties } = role as { Properties: { Policies?: unknown[] } };
  const policy: InlinePolicy = {
    PolicyName: FUNCTION_POLICY_NAME,
    PolicyDocument: policyDocument(statements),
  };
  Properties.Policies = [...(Properties.Policies ?? []), policy];
}

function unique(statements: readonly Statement[]): Statement[] {
  const byText = new Map(statements.map((statement) => [JSON.stringify(statement), statement]));
  return [...byText.values()];
}
