import { isIntrinsic, type Configuration } from '../../config/configuration';
import { isMap, mapValues } from '../../shared/json';
import { partitionOf } from '../../shared/partition';
import { MalformedError, resolve, UnresolvedError, type Scope } from '../local/intrinsics';
import { templateResources } from '../stack/stack';

/** Policies without functions of CloudFormation, for whoever makes a role by other means. */

/** What makes documents of a template plain. What is known only in AWS stands between `<` and `>`. */
export function plainTexts(configuration: Configuration): (document: unknown) => unknown {
  const scope = namesIn(configuration);
  const plain = (value: unknown): unknown => {
    if (isIntrinsic(value)) return known(value, scope);
    if (Array.isArray(value)) return value.map(plain);
    return isMap(value) ? mapValues(value, plain) : value;
  };
  return plain;
}

function known(value: object, scope: Scope): unknown {
  try {
    return resolve(value, scope);
  } catch (error) {
    if (!(error instanceof UnresolvedError || error instanceof MalformedError)) throw error;
    return unknown(JSON.stringify(value));
  }
}

const unknown = (what: string): string => `<${what}>`;

const ACCOUNT_ID = unknown('ACCOUNT_ID');

/** Of types whose name the template gives: the property, and what their ARN is. */
const NAMED: Readonly<
  Record<string, { by: string; arn: (name: string) => [service: string, rest: string] }>
> = {
  'AWS::SQS::Queue': { by: 'QueueName', arn: (name) => ['sqs', name] },
  'AWS::SNS::Topic': { by: 'TopicName', arn: (name) => ['sns', name] },
  'AWS::DynamoDB::Table': { by: 'TableName', arn: (name) => ['dynamodb', `table/${name}`] },
  'AWS::Logs::LogGroup': { by: 'LogGroupName', arn: (name) => ['logs', `log-group:${name}:*`] },
};

function namesIn(configuration: Configuration): Scope {
  const { region, stackName } = configuration.context;
  const resources = templateResources(configuration);
  const partition = partitionOf(region);
  const pseudo: Record<string, string> = {
    'AWS::AccountId': ACCOUNT_ID,
    'AWS::Region': region,
    'AWS::Partition': partition,
    'AWS::StackName': stackName,
    'AWS::URLSuffix': partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com',
  };
  const arnOf = (id: string): string | undefined => {
    const { Type = '', Properties } = resources[id] ?? {};
    const type = NAMED[Type];
    const name = type && Properties?.[type.by];
    if (type === undefined || name === undefined) return undefined;
    const [service, rest] = type.arn(String(known({ 'Fn::Join': ['', [name]] }, scope)));
    return `arn:${partition}:${service}:${region}:${ACCOUNT_ID}:${rest}`;
  };
  const refOf = (id: string): string | undefined => {
    const type = resources[id]?.Type;
    // CloudFormation adds something random to a name of its own.
    if (type === 'AWS::ECS::Cluster') return `${stackName}-${id}-*`;
    return type === 'AWS::SNS::Topic' ? arnOf(id) : undefined;
  };
  const scope: Scope = {
    ref: (id) => pseudo[id] ?? refOf(id) ?? unknown(id),
    attribute: (id, name) => (name === 'Arn' ? arnOf(id) : undefined) ?? unknown(`${id}.${name}`),
  };
  return scope;
}
