import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { explained } from './explain';
import { resolve, resolveText, UnresolvedError, type Scope } from './intrinsics';

/** A compiled template, as the framework wrote it. */
export interface CompiledTemplate {
  Resources: Record<string, TemplateResource | undefined>;
}

interface TemplateResource {
  Type: string;
  Properties?: Record<string, unknown>;
}

/** Resources of one type, with their logical ids. */
export function resourcesOf(
  { Resources }: CompiledTemplate,
  type: string,
): [string, Record<string, unknown>][] {
  return Object.entries(Resources).flatMap(([id, resource]) =>
    resource?.Type === type ? [[id, resource.Properties ?? {}] as [string, Record<string, unknown>]] : [],
  );
}

/** The queues, topics and subscriptions of a template, made in the emulator. */
export interface LocalStack {
  scope: Scope;
  standIns: StandIns;
  queueUrl(logicalId: string): string | undefined;
}

interface StackInput {
  template: CompiledTemplate;
  sqs: SQSClient;
  sns: SNSClient;
  region: string;
  stackName: string;
  /** Something of a resource is known only in AWS, and missing here: text for people. */
  onLeftOut: (text: string) => void;
}

/** What `Ref` and `Fn::GetAtt` give for one resource. */
interface Made {
  ref: string;
  attributes: Readonly<Record<string, string>>;
}

/** The account in which the emulator has everything. */
const ACCOUNT_ID = '000000000000';

export async function createStack(input: StackInput): Promise<LocalStack> {
  const made = new Map<string, Made>();
  const scope = createScope(made, input);
  const standIns = createStandIns(input);
  const resolvable = (properties: Record<string, unknown>, names: readonly string[], id: string) =>
    withoutUnresolved({ properties, names, id, scope }, input.onLeftOut);
  for (const [id, given] of inOrder(resourcesOf(input.template, 'AWS::SQS::Queue'))) {
    const make = () => {
      const properties = resolvable(given, QUEUE_ATTRIBUTES, id);
      return createQueue(input.sqs, nameOr(id, given.QueueName, scope), { properties, scope, standIns });
    };
    made.set(id, await explained(`queue ${id}`, make));
  }
  for (const [id, given] of resourcesOf(input.template, 'AWS::SNS::Topic')) {
    const make = () => {
      const properties = resolvable(given, TOPIC_ATTRIBUTES, id);
      return createTopic(input.sns, nameOr(id, given.TopicName, scope), { properties, scope, standIns });
    };
    made.set(id, await explained(`topic ${id}`, make));
  }
  for (const [id, properties] of resourcesOf(input.template, 'AWS::DynamoDB::Table')) {
    const name = await explained(`table ${id}`, () => nameOr(id, properties.TableName, scope));
    made.set(id, { ref: name, attributes: { Arn: arnOf('dynamodb', `table/${name}`, scope) } });
  }
  for (const [id, given] of resourcesOf(input.template, 'AWS::SNS::Subscription')) {
    const properties = await explained(`subscription ${id}`, () =>
      resolvable(given, ['TopicArn', 'Endpoint', ...SUBSCRIPTION_ATTRIBUTES], id),
    );
    if (properties.TopicArn === undefined || properties.Endpoint === undefined) continue;
    await explained(`subscription ${id}`, () =>
      createSubscription(input.sns, { properties, scope, standIns }),
    );
  }
  return { scope, standIns, queueUrl: (id) => made.get(id)?.ref };
}

interface Unresolved {
  properties: Record<string, unknown>;
  /** The properties that matter here. */
  names: readonly string[];
  id: string;
  scope: Scope;
}

/** Leaves out what is known only in AWS, such as an imported ARN: the rest of a service can be run all the same. */
function withoutUnresolved(
  { properties, names, id, scope }: Unresolved,
  onLeftOut: (text: string) => void,
): Record<string, unknown> {
  const isKnown = ([name, value]: [string, unknown]) => {
    try {
      if (names.includes(name)) resolve(value, scope);
      return true;
    } catch (error) {
      if (!(error instanceof UnresolvedError)) throw error;
      onLeftOut(`${name} of ${id} is left out here: ${error.message}`);
      return false;
    }
  };
  return Object.fromEntries(Object.entries(properties).filter(isKnown));
}

/** A name that is known only in AWS, such as an imported one: its resource has its logical id here. */
function nameOr(id: string, name: unknown, scope: Scope): string {
  try {
    return resolveText(name ?? id, scope);
  } catch (error) {
    if (!(error instanceof UnresolvedError)) throw error;
    return id;
  }
}

/** Dead-letter queues first: the others name them. */
function inOrder(queues: [string, Record<string, unknown>][]) {
  const hasDeadLetters = ([, { RedrivePolicy }]: [string, Record<string, unknown>]) =>
    RedrivePolicy !== undefined;
  return [...queues.filter((queue) => !hasDeadLetters(queue)), ...queues.filter(hasDeadLetters)];
}

function createScope(made: ReadonlyMap<string, Made>, { template, region, stackName }: StackInput): Scope {
  const pseudo: Readonly<Record<string, string>> = {
    'AWS::Region': region,
    'AWS::AccountId': ACCOUNT_ID,
    'AWS::Partition': 'aws',
    'AWS::StackName': stackName,
    'AWS::URLSuffix': 'amazonaws.com',
  };
  const scope: Scope = {
    ref: (id) => pseudo[id] ?? made.get(id)?.ref ?? givenName(template, id, scope),
    attribute: (id, name) => made.get(id)?.attributes[name],
  };
  return scope;
}

/** Properties that name a resource. If one is given, `Ref` gives it, whether the resource is made here or not. */
const NAME_PROPERTIES: Readonly<Record<string, string>> = {
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::DynamoDB::Table': 'TableName',
};

function givenName({ Resources }: CompiledTemplate, id: string, scope: Scope): string | undefined {
  const resource = Resources[id];
  const name = resource?.Properties?.[NAME_PROPERTIES[resource.Type] ?? ''];
  return name === undefined ? undefined : resolveText(name, scope);
}

/** What the template says of a resource, and what its references mean. */
interface Declared {
  properties: Record<string, unknown>;
  scope: Scope;
  standIns: StandIns;
}

/** Attributes of a queue that change what happens on this machine; encryption and permissions do not. */
const QUEUE_ATTRIBUTES = [
  'FifoQueue',
  'ContentBasedDeduplication',
  'VisibilityTimeout',
  'MessageRetentionPeriod',
  'DelaySeconds',
  'RedrivePolicy',
] as const;

async function createQueue(sqs: SQSClient, name: string, given: Declared): Promise<Made> {
  const { CreateQueueCommand } = await import('../../vendor/sqs.mjs');
  const { scope } = given;
  const Attributes = attributesOf(await withOwnDeadLetterQueue(given), QUEUE_ATTRIBUTES, scope);
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes }));
  return { ref: QueueUrl, attributes: { Arn: arnOf('sqs', name, scope), QueueName: name, QueueUrl } };
}

/** A dead-letter queue that is only in AWS has a stand-in here; one of the template has been made already. */
async function withOwnDeadLetterQueue({ properties, scope, standIns }: Declared) {
  if (properties.RedrivePolicy === undefined) return properties;
  const policy = resolve(properties.RedrivePolicy, scope) as Record<string, unknown>;
  const { arn } = await standIns.queue(nameOfArn(String(policy.deadLetterTargetArn)));
  return { ...properties, RedrivePolicy: { ...policy, deadLetterTargetArn: arn } };
}

const TOPIC_ATTRIBUTES = ['FifoTopic', 'ContentBasedDeduplication'] as const;

async function createTopic(sns: SNSClient, name: string, { properties, scope }: Declared): Promise<Made> {
  const { CreateTopicCommand } = await import('../../vendor/sns.mjs');
  const Attributes = attributesOf(properties, TOPIC_ATTRIBUTES, scope);
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: name, Attributes }));
  return { ref: TopicArn, attributes: { TopicArn, TopicName: name } };
}

const SUBSCRIPTION_ATTRIBUTES = ['FilterPolicy', 'FilterPolicyScope', 'RawMessageDelivery'] as const;

async function createSubscription(sns: SNSClient, { properties, scope, standIns }: Declared): Promise<void> {
  if (properties.Protocol !== 'sqs') return;
  const { SubscribeCommand } = await import('../../vendor/sns.mjs');
  await sns.send(
    new SubscribeCommand({
      TopicArn: await topicOf(resolveText(properties.TopicArn, scope), standIns),
      Protocol: 'sqs',
      Endpoint: resolveText(properties.Endpoint, scope),
      Attributes: attributesOf(properties, SUBSCRIPTION_ATTRIBUTES, scope),
    }),
  );
}

/** A topic of the template has been made already; one that is only in AWS has a stand-in here. */
function topicOf(topicArn: string, standIns: StandIns): Promise<string> | string {
  return topicArn.includes(`:${ACCOUNT_ID}:`) ? topicArn : standIns.topic(topicArn);
}

function attributesOf(properties: Record<string, unknown>, names: readonly string[], scope: Scope) {
  const given = names.filter((name) => properties[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, attributeText(resolve(properties[name], scope))]));
}

/** SQS and SNS take every attribute as text, and a policy as JSON. */
function attributeText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export function arnOf(service: string, name: string, scope: Scope): string {
  return `arn:aws:${service}:${scope.ref('AWS::Region')}:${ACCOUNT_ID}:${name}`;
}

/**
 * Stand-ins for queues and topics that exist in AWS, and that a template only names: empty ones of the same name in the
 * emulator, each made unless it is there.
 */
interface StandIns {
  /** URL and ARN in the emulator. */
  queue(name: string): Promise<{ url: string; arn: string }>;
  /** ARN in the emulator of a topic that is named by its ARN or by its name. */
  topic(arn: string): Promise<string>;
  /** The same, after the queue with this ARN in the emulator is subscribed to it. */
  topicBefore(queueArn: string, topic: string): Promise<string>;
}

function createStandIns({ sqs, sns }: { sqs: SQSClient; sns: SNSClient }): StandIns {
  const standIns: StandIns = {
    queue: async (name) => {
      const { GetQueueAttributesCommand } = await import('../../vendor/sqs.mjs');
      const url = (await urlOf(sqs, name)) ?? (await makeQueue(sqs, name));
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] }),
      );
      return { url, arn: Attributes?.QueueArn ?? '' };
    },
    topic: async (arn) => {
      const { CreateTopicCommand } = await import('../../vendor/sns.mjs');
      const name = nameOfArn(arn);
      const { TopicArn = '' } = await sns.send(
        new CreateTopicCommand({ Name: name, Attributes: isFifo(name) ? { FifoTopic: 'true' } : {} }),
      );
      return TopicArn;
    },
    topicBefore: async (queueArn, topic) => {
      const { SubscribeCommand } = await import('../../vendor/sns.mjs');
      const TopicArn = await standIns.topic(topic);
      await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: queueArn }));
      return TopicArn;
    },
  };
  return standIns;
}

async function urlOf(sqs: SQSClient, QueueName: string): Promise<string | undefined> {
  const { GetQueueUrlCommand, QueueDoesNotExist } = await import('../../vendor/sqs.mjs');
  try {
    return (await sqs.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl;
  } catch (error) {
    if (error instanceof QueueDoesNotExist) return undefined;
    throw error;
  }
}

async function makeQueue(sqs: SQSClient, QueueName: string): Promise<string> {
  const { CreateQueueCommand } = await import('../../vendor/sqs.mjs');
  const Attributes = isFifo(QueueName) ? { FifoQueue: 'true', ContentBasedDeduplication: 'true' } : {};
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
  return QueueUrl;
}

/** The last part of a queue's or topic's ARN. */
export function nameOfArn(arn: string): string {
  return arn.split(':').at(-1) ?? arn;
}

function isFifo(name: string): boolean {
  return name.endsWith('.fifo');
}
