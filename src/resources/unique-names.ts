import type { Problem } from '../errors/problem';
import { isMap } from '../shared/json';
import type { Template } from './merge';

/**
 * Properties that together must differ from those of every other resource of the type, the name first. Without a name
 * CloudFormation makes one up.
 */
const IDENTITIES: Readonly<Record<string, readonly [name: string, ...within: string[]]>> = {
  'AWS::CloudWatch::Alarm': ['AlarmName'],
  'AWS::CloudWatch::Dashboard': ['DashboardName'],
  'AWS::DynamoDB::Table': ['TableName'],
  'AWS::ECS::Cluster': ['ClusterName'],
  'AWS::ECS::Service': ['ServiceName', 'Cluster'],
  'AWS::Events::Rule': ['Name', 'EventBusName'],
  'AWS::IAM::Role': ['RoleName'],
  'AWS::IAM::User': ['UserName'],
  'AWS::Logs::LogGroup': ['LogGroupName'],
  'AWS::S3::Bucket': ['BucketName'],
  'AWS::Scheduler::Schedule': ['Name', 'GroupName'],
  'AWS::SecretsManager::Secret': ['Name'],
  'AWS::SNS::Topic': ['TopicName'],
  'AWS::SQS::Queue': ['QueueName'],
};

interface Named {
  id: string;
  type: string;
  name: string;
  /** Equal if two resources cannot both be there. */
  identity: string;
}

/**
 * The plugin's resources beside others of the finished template that have the same name: CloudFormation would fail, and
 * only after the images are pushed. A resource with a condition may not be there, so it is let pass.
 * @param own logical ids of the plugin's resources
 */
export function nameProblems(template: Template, own: readonly string[]): Problem[] {
  const isOwn = new Set(own);
  const named = Object.entries(template.Resources).flatMap(([id, resource]) => namedBy(id, resource));
  const ours = new Map(named.filter(({ id }) => isOwn.has(id)).map((each) => [each.identity, each]));
  return named
    .filter(({ id }) => !isOwn.has(id))
    .flatMap((other) => {
      const own = ours.get(other.identity);
      return own === undefined ? [] : [taken(own, other)];
    });
}

function namedBy(id: string, resource: unknown): Named[] {
  if (!isMap(resource) || 'Condition' in resource) return [];
  const type = String(resource.Type);
  const [nameKey, ...within] = Object.hasOwn(IDENTITIES, type) ? IDENTITIES[type]! : [];
  const properties = isMap(resource.Properties) ? resource.Properties : {};
  const given = nameKey === undefined ? undefined : properties[nameKey];
  if (given === undefined || given === null) return [];
  const name = written(given);
  const identity = [type, name, ...within.map((key) => written(properties[key] ?? ''))].join('\n');
  return [{ id, type, name, identity }];
}

/** A name as a text. The same function is the same name; `Fn::Sub` and `Fn::Join` of texts alone are texts. */
function written(value: unknown): string {
  if (typeof value === 'string') return value;
  if (!isMap(value)) return JSON.stringify(value);
  const { 'Fn::Sub': sub, 'Fn::Join': join } = value;
  if (typeof sub === 'string' && !sub.includes('${')) return sub;
  const [separator, parts] = (Array.isArray(join) ? join : []) as unknown[];
  const isText = Array.isArray(parts) && parts.every((part) => typeof part === 'string');
  return isText && typeof separator === 'string' ? parts.join(separator) : JSON.stringify(value);
}

function taken(ours: Named, { id, type, name }: Named): Problem {
  const isBucket = type === 'AWS::S3::Bucket';
  return {
    code: 'WATCHBOT_NAME_TAKEN',
    place: `Resources.${id}`,
    given: `the name ${name}, which ${ours.id}, made by the plugin, has too`,
    allowed: `one ${type} of a name`,
    advice: isBucket
      ? `set \`existing: true\` beside \`bucket: ${name}\` under \`events\` of the worker, and \`EventBridgeConfiguration: { EventBridgeEnabled: true }\` under \`NotificationConfiguration\` of ${id}`
      : `give ${id} another name, or none: CloudFormation then makes one up`,
  };
}
