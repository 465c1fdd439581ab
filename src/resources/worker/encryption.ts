import type { TextOrIntrinsic } from '../../config/configuration';
import { isAwsManagedKey } from '../../config/complete';
import {
  arn,
  getAtt,
  oneOrMore,
  policyDocument,
  sub,
  type Resources,
  type Statement,
} from '../cloudformation';
import { leaveOf, senders, type Sender } from './senders';
import { idOf, named, type ConfiguredWorker, type Subject } from './subject';

/** A service that uses the key in the name of who calls it. */
export type KeyUser = 'sqs' | 'sns';

/** Sending needs a new data key, and the key itself to check it; receiving needs the key. */
const USES = ['kms:Decrypt', 'kms:GenerateDataKey'];

/** The key with which messages are encrypted; undefined where SQS has its own. */
export function keyId(subject: ConfiguredWorker): TextOrIntrinsic | undefined {
  const { encryption } = subject.worker.queue;
  if (encryption.by === 'sqs') return undefined;
  return encryption.by === 'madeKey' ? getAtt(idOf(subject, 'queueKey'), 'Arn') : encryption.key;
}

/** The key that the plugin makes, where it is asked for. */
export function queueKey(subject: Subject): Resources {
  const { configuration, worker } = subject;
  if (worker.queue.encryption.by !== 'madeKey') return {};
  return named(subject, 'queueKey', {
    Type: 'AWS::KMS::Key',
    // What is encrypted with it is lost without it.
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
 * Without it nobody could change the key again, and policies of roles would count for nothing.
 * In a key's own policy `*` is that key.
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
 */
const OWNER: Statement = {
  Sid: 'Account',
  Effect: 'Allow',
  Principal: { AWS: sub('arn:${AWS::Partition}:iam::${AWS::AccountId}:root') },
  Action: 'kms:*',
  Resource: '*',
};

/**
 * Of an encrypted queue, not of a topic: EventBridge names its rule to the key of the one, and not to that of the other.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html (confused deputy)
 * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
function senderStatement(sender: Sender): Statement {
  return leaveOf(sender, { Action: USES, Resource: '*' }, ({ byName }) => byName);
}

/**
 * Leave for a role or user to use the key by what it calls of a service, and in no other way: the key may be that of a
 * bucket, too. The queue is in the stack's own region.
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

/** The suffix is this one in all partitions, as KMS says. */
const viaService = (user: KeyUser) => sub(`${user}.\${AWS::Region}.amazonaws.com`);

/**
 * A policy names a key by its ARN; of an alias it can only say that the key must have it.
 * https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
 */
function keyResource(key: TextOrIntrinsic): { Resource: unknown; Condition?: object } {
  if (typeof key !== 'string') return { Resource: key };
  const alias = /alias\/.+$/.exec(key)?.[0];
  if (alias !== undefined) {
    return {
      // An alias by its ARN may be of another account.
      Resource: key.startsWith('arn:') ? key.replace(alias, 'key/*') : arn('kms', 'key/*'),
      Condition: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': alias } },
    };
  }
  return { Resource: key.startsWith('arn:') ? key : arn('kms', `key/${key}`) };
}
