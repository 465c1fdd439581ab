import type { TextOrIntrinsic } from '../config/configuration';
import { isAwsManagedKey } from '../config/complete';
import { arn, getAtt, oneOrMore, policyDocument, sub, type Statement } from './cloudformation';
import { arnFrom, isArn } from './derived';
import type { Resources } from './resource-types';
import { permissionOf, senders, type Sender } from './senders';
import { idOf, named, type ConfiguredWorker, type Subject } from './subject';

/** The key with which messages are encrypted; undefined if SQS uses a key of its own. */
export function keyId(subject: ConfiguredWorker): TextOrIntrinsic | undefined {
  const { encryption } = subject.worker.queue;
  if (encryption.by === 'sqs') return undefined;
  return encryption.by === 'madeKey' ? getAtt(idOf(subject, 'queueKey'), 'Arn') : encryption.key;
}

/** The key that the plugin makes, if the user asks for one. */
export function queueKey(subject: Subject): Resources {
  const { configuration, worker } = subject;
  if (worker.queue.encryption.by !== 'madeKey') return {};
  return named(subject, 'queueKey', {
    Type: 'AWS::KMS::Key',
    // Whatever is encrypted with it would be lost without it.
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      Description: `Messages of ${configuration.context.stackName}, worker ${worker.name}`,
      EnableKeyRotation: true,
      KeyPolicy: policyDocument([OWNER, ...senders(subject).map(senderStatement)]),
    },
  });
}

/**
 * Without this statement nobody could ever change the key again, and the policies of roles would not count.
 * In a key's own policy `*` means that key.
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
 */
const OWNER: Statement = {
  Sid: 'Account',
  Effect: 'Allow',
  Principal: { AWS: sub('arn:${AWS::Partition}:iam::${AWS::AccountId}:root') },
  Action: 'kms:*',
  Resource: '*',
};

/** Sending needs a new data key, and the key itself to check it; receiving needs the key. */
const USES = ['kms:Decrypt', 'kms:GenerateDataKey'];

/**
 * Restricted to a source, as the policy of the queue is. That works for the key of a queue, but not for that of a topic:
 * EventBridge names its rule to the former only.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html (confused deputy)
 * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
function senderStatement(sender: Sender): Statement {
  return permissionOf(sender, { Action: USES, Resource: '*' }, ({ byName }) => byName);
}

/** A service that uses the key on behalf of its caller. */
export type KeyUser = 'sqs' | 'sns';

/**
 * Permission for a role or user to use the key through these services only: the key may belong to a bucket, too. The queue
 * is in the stack's own region.
 * https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html (kms:ViaService)
 */
export function keyStatements(subject: ConfiguredWorker, users: readonly KeyUser[]): Statement[] {
  const key = keyId(subject);
  if (key === undefined || isAwsManagedKey(key)) return [];
  const { Resource, Condition } = keyResource(key);
  const through = { StringEquals: { 'kms:ViaService': oneOrMore(users.map(viaService)) } };
  return [
    { Sid: 'Encryption', Effect: 'Allow', Action: USES, Resource, Condition: { ...through, ...Condition } },
  ];
}

/** KMS has this suffix in all partitions. */
const viaService = (user: KeyUser) => sub(`${user}.\${AWS::Region}.amazonaws.com`);

/**
 * A policy names a key by its ARN. It cannot name an alias; it can only require that the key has it. A function gives an ARN
 * or an id: `Ref` gives the id of a key.
 * https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
 */
function keyResource(key: TextOrIntrinsic): { Resource: unknown; Condition?: object } {
  if (typeof key !== 'string') {
    const own = 'arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/${Name}';
    return { Resource: isArn(key) === true ? key : arnFrom(key, own) };
  }
  const alias = /alias\/.+$/.exec(key)?.[0];
  if (alias !== undefined) {
    return {
      // The ARN of an alias may be that of another account.
      Resource: key.startsWith('arn:') ? key.replace(alias, 'key/*') : arn('kms', 'key/*'),
      Condition: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': alias } },
    };
  }
  return { Resource: key.startsWith('arn:') ? key : arn('kms', `key/${key}`) };
}
