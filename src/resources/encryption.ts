import type { TextOrIntrinsic } from '../config/configuration';
import { isAwsManagedKey } from '../config/complete/queue';
import { beginningsOf, isArn, ownId, type OwnResources } from '../config/functions';
import { arn, getAtt, oneOrMore, policyDocument, sub, type Statement } from './cloudformation';
import { ArnPart, arnFrom, nameFrom, partFrom } from './derived';
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
  const through = { StringEquals: { 'kms:ViaService': oneOrMore(users.map(viaService)) } };
  return keyResources(key, subject).map(({ Sid, Resource, Condition }) => ({
    Sid,
    Effect: 'Allow',
    Action: USES,
    Resource,
    Condition: { ...through, ...Condition },
  }));
}

/** KMS has this suffix in all partitions. */
const viaService = (user: KeyUser) => sub(`${user}.\${AWS::Region}.amazonaws.com`);

interface KeyResource {
  Sid: string;
  Resource: unknown;
  Condition?: object;
}

/**
 * A policy names a key by its ARN. It cannot name an alias; it can only require that the key has it. Where it is not known
 * which of them a function gives, there is a statement for each, and the other one is about a key that there is not.
 * https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
 */
function keyResources(key: TextOrIntrinsic, { configuration: { context } }: ConfiguredWorker): KeyResource[] {
  const isIt = isAlias(key, context.resources);
  return [
    ...(isIt === true ? [] : [{ Sid: 'Encryption', Resource: keyArn(key, context.resources) }]),
    ...(isIt === false
      ? []
      : [{ Sid: isIt === true ? 'Encryption' : 'EncryptionByAlias', ...keysWith(key) }]),
  ];
}

/** Undefined if only CloudFormation can tell. */
function isAlias(key: TextOrIntrinsic, resources: OwnResources): boolean | undefined {
  const answers = beginningsOf(key).map((each) => {
    if ('text' in each) return isAliasByText(each.text);
    if (each.attribute === 'Arn' || each.attribute === 'KeyId') return false;
    const type = resources[each.id]?.type;
    return type === 'AWS::KMS::Key' ? false : type === 'AWS::KMS::Alias' ? true : undefined;
  });
  return answers.every((answer) => answer === answers[0]) ? answers[0] : undefined;
}

/** The text may be no more than the beginning of the ARN. */
function isAliasByText(text: string): boolean | undefined {
  if (/^(arn:.*:)?alias\//.test(text)) return true;
  return text.startsWith('arn:') && !text.includes(':key/') ? undefined : false;
}

/** A function gives an ARN or an id: `Ref` gives the id of a key. */
function keyArn(key: TextOrIntrinsic, resources: OwnResources): TextOrIntrinsic {
  if (isArn(key, resources) === true) return key;
  const id = ownId(key, 'AWS::KMS::Key', resources);
  if (id !== undefined) return getAtt(id, 'Arn');
  if (typeof key === 'string') return arn('kms', `key/${key}`);
  return arnFrom(key, 'arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/${Name}');
}

/** Any key of the alias's account that has the alias, which may be given by its ARN. */
function keysWith(alias: TextOrIntrinsic): Omit<KeyResource, 'Sid'> {
  const have = (name: TextOrIntrinsic) => ({ 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': name } });
  if (typeof alias === 'string') {
    const [start = '', name = ''] = alias.split(/(?<=^|:)(?=alias\/)/);
    return alias.startsWith('arn:')
      ? { Resource: `${start}key/*`, Condition: have(name) }
      : { Resource: arn('kms', 'key/*'), Condition: have(alias) };
  }
  const whole = arnFrom(alias, 'arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:${Name}');
  return {
    Resource: sub('arn:${AWS::Partition}:kms:${AWS::Region}:${Account}:key/*', {
      Account: partFrom(whole, ArnPart.account),
    }),
    Condition: have(sub('alias/${Name}', { Name: nameFrom(alias, 'alias/') })),
  };
}
