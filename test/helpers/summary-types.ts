import { say, sayTime, statementsOf } from './cloudformation-text';

/** A resource's properties in short, and what takes lines of its own. */
export interface Said {
  parts: string[];
  details: string[];
}

type Part = string | false | undefined;
type Values = Record<string, unknown>;

/** Properties of a resource. What is not taken is said as it stands, so that nothing new goes unseen. */
class Properties {
  private readonly left: Map<string, unknown>;
  constructor(
    properties: Values,
    readonly id: string,
  ) {
    this.left = new Map(Object.entries(properties));
  }

  take(name: string): unknown {
    const value = this.left.get(name);
    this.left.delete(name);
    return value;
  }

  /** Undefined where there is none. */
  said(name: string): string | undefined {
    const value = this.take(name);
    return value === undefined ? undefined : say(value);
  }

  map(name: string): Values {
    return (this.take(name) ?? {}) as Values;
  }

  list(name: string): Values[] {
    return (this.take(name) ?? []) as Values[];
  }

  /** A name that is the resource's id behind that of the stack goes without saying. */
  name(property: string): string | undefined {
    const value = this.said(property);
    const isUsual = value?.replace(/\.fifo$/, '').endsWith(`-${this.id}`) ?? true;
    return isUsual ? undefined : `called ${value}`;
  }

  rest(): string[] {
    return [...this.left].map(([name, value]) => `${name} ${say(value)}`);
  }
}

type Describe = (properties: Properties) => { parts?: Part[]; details?: Part[] };

/** @throws for a type that is not known. */
export function sayProperties(type: string, properties: Values, id: string): Said {
  const describe = TYPES[type];
  if (describe === undefined) throw new Error(`no summary is known for ${type}: add it to ${__filename}`);
  const all = new Properties(properties, id);
  const tags = sayTags(all.take('Tags'));
  const { parts = [], details = [] } = describe(all);
  return {
    parts: [...parts.filter(isSaid), ...all.rest()],
    details: [...details, tags].filter(isSaid),
  };
}

const isSaid = (part: Part): part is string => part !== undefined && part !== false && part !== '';
const words = (...parts: Part[]): string => parts.filter(isSaid).join(' ');
const when = (before: string, text: string | undefined, after = ''): string | undefined =>
  text === undefined ? undefined : `${before}${text}${after}`;
/** Nothing but what `rest` says. */
const asItStands: Describe = () => ({});

function sayTags(given: unknown): string | undefined {
  if (given === undefined) return undefined;
  const entries = Array.isArray(given)
    ? (given as { Key: string; Value: unknown }[]).map(({ Key, Value }) => [Key, Value] as const)
    : Object.entries(given as Values);
  return `tags ${entries.map(([key, value]) => `${key}=${say(value)}`).join(' ')}`;
}

const queue: Describe = (it) => {
  const { deadLetterTargetArn, maxReceiveCount } = it.map('RedrivePolicy');
  const { redrivePermission, sourceQueueArns } = it.map('RedriveAllowPolicy');
  return {
    parts: [
      it.name('QueueName'),
      it.take('FifoQueue') === true && 'fifo',
      it.take('ContentBasedDeduplication') === true && 'by content',
      it.take('SqsManagedSseEnabled') === true && 'SSE-SQS',
      when('key ', it.said('KmsMasterKeyId')),
      when('hidden ', sayOptionalTime(it.take('VisibilityTimeout'))),
      when('kept ', sayOptionalTime(it.take('MessageRetentionPeriod'))),
      when('held back ', sayOptionalTime(it.take('DelaySeconds'))),
      deadLetterTargetArn !== undefined && `→ ${say(deadLetterTargetArn)} after ${say(maxReceiveCount)}`,
      redrivePermission !== undefined && `from ${say(redrivePermission)} ${say(sourceQueueArns)}`,
    ],
  };
};

const sayOptionalTime = (seconds: unknown) => (seconds === undefined ? undefined : sayTime(seconds));

const topic: Describe = (it) => ({
  parts: [
    it.name('TopicName'),
    it.take('FifoTopic') === true && 'fifo',
    it.take('ContentBasedDeduplication') === true && 'by content',
    when('key ', it.said('KmsMasterKeyId')),
    ...it.list('Subscription').map(({ Protocol, Endpoint }) => `→ ${say(Protocol)} ${say(Endpoint)}`),
  ],
});

const subscription: Describe = (it) => ({
  parts: [
    `${it.said('TopicArn')} → ${it.said('Protocol')} ${it.said('Endpoint')}`,
    when('of region ', it.said('Region')),
    it.take('RawMessageDelivery') === true && 'raw',
    words(when('only ', it.said('FilterPolicy')), when('in ', it.said('FilterPolicyScope'))),
  ],
});

const queuePolicy: Describe = (it) => ({
  parts: [`of ${it.said('Queues')}`],
  details: statementsOf(it.take('PolicyDocument')),
});

const key: Describe = (it) => ({
  parts: [it.take('EnableKeyRotation') === true && 'rotated'],
  details: statementsOf(it.take('KeyPolicy')),
});

const bucket: Describe = (it) => {
  const { QueueConfigurations = [], ...others } = it.map('NotificationConfiguration');
  return {
    parts: [it.said('BucketName'), Object.keys(others).length > 0 && say(others)],
    details: (QueueConfigurations as Values[]).map(({ Event, Queue, Filter }) =>
      words(`${say(Event)} → ${say(Queue)}`, Filter !== undefined && filterRules(Filter)),
    ),
  };
};

const filterRules = (filter: unknown): string =>
  (filter as { S3Key: { Rules: { Name: string; Value: unknown }[] } }).S3Key.Rules.map(
    ({ Name, Value }) => `${Name} ${say(Value)}`,
  ).join(' ');

const rule: Describe = (it) => ({
  parts: [it.name('Name'), when('on bus ', it.said('EventBusName'))],
  details: [
    JSON.stringify(it.take('EventPattern')),
    ...it.list('Targets').map(({ Arn, ...others }) => target(Arn, others)),
  ],
});

const target = (arn: unknown, others: Values): string =>
  words(
    `→ ${say(arn)}`,
    ...Object.entries(others).map(
      ([name, value]) => `${name} ${typeof value === 'string' ? value : say(value)}`,
    ),
  );

const schedule: Describe = (it) => {
  const { Arn, ...others } = it.map('Target');
  const window = it.map('FlexibleTimeWindow');
  return {
    parts: [
      it.name('Name'),
      words(it.said('ScheduleExpression'), it.said('ScheduleExpressionTimezone')),
      it.take('State') === 'DISABLED' && 'off',
      window.Mode !== 'OFF' && `window ${say(window)}`,
    ],
    details: [target(Arn, others)],
  };
};

const policies = (it: Properties): string[] =>
  (it.list('Policies') as unknown as { PolicyName: string; PolicyDocument: unknown }[]).flatMap(
    ({ PolicyName, PolicyDocument }) =>
      statementsOf(PolicyDocument).map((statement) => `${PolicyName}/${statement}`),
  );

const role: Describe = (it) => ({
  parts: [
    ...statementsOf(it.take('AssumeRolePolicyDocument')).map((text) => text.replace(/^-: /, '')),
    when('also ', it.said('ManagedPolicyArns')),
  ],
  details: policies(it),
});

const user: Describe = (it) => ({ details: policies(it) });

const secret: Describe = (it) => ({ details: [it.said('SecretString')] });

const logGroup: Describe = (it) => ({
  parts: [it.said('LogGroupName'), `kept ${it.said('RetentionInDays')} d`],
});

const metricFilter: Describe = (it) => ({
  parts: [
    `of ${it.said('LogGroupName')}`,
    ...it
      .list('MetricTransformations')
      .map(({ MetricNamespace, MetricName, MetricValue, Unit, DefaultValue }) =>
        words(
          `${say(MetricNamespace)} ${say(MetricName)} = ${say(MetricValue)} ${say(Unit)}`,
          DefaultValue !== undefined && `or ${say(DefaultValue)}`,
        ),
      ),
  ],
  details: [when('pattern ', it.said('FilterPattern'))],
});

const table: Describe = (it) => ({
  parts: [
    it.said('TableName'),
    it.said('BillingMode'),
    `key ${it
      .list('KeySchema')
      .map(({ AttributeName, KeyType }) => `${say(AttributeName)} ${say(KeyType)}`)
      .join(', ')}`,
    `of ${it
      .list('AttributeDefinitions')
      .map(({ AttributeName, AttributeType }) => `${say(AttributeName)}: ${say(AttributeType)}`)
      .join(', ')}`,
  ],
});

const task: Describe = (it) => ({
  parts: [
    it.said('Family'),
    words(
      it.said('RequiresCompatibilities'),
      it.said('NetworkMode'),
      when('cpu ', it.said('Cpu')),
      when('memory ', it.said('Memory')),
    ),
    when('disk ', it.said('EphemeralStorage')),
  ],
  details: [
    when('platform ', it.said('RuntimePlatform')),
    `as ${it.said('TaskRoleArn')}, started as ${it.said('ExecutionRoleArn')}`,
    when('volumes ', it.said('Volumes')),
    ...it.list('ContainerDefinitions').flatMap((container) => sayContainer(new Properties(container, ''))),
  ],
});

/** The tag of an image is a hash of the watcher too: each change of that would change every text. */
const withoutTag = (image: string | undefined) => image?.replace(/:[0-9a-f]{20}$/, ':TAG');

function sayContainer(it: Properties): string[] {
  const size = words(
    when('cpu ', it.said('Cpu')),
    when('memory ', it.said('Memory')),
    when('soft memory ', it.said('MemoryReservation')),
    it.said('ResourceRequirements'),
  );
  const lines = [
    `container ${it.said('Name')} of ${withoutTag(it.said('Image'))}`,
    `entry point ${it.said('EntryPoint')}`,
    `command ${JSON.stringify(it.take('Command'))}`,
    size,
    ...it.list('Environment').map(({ Name, Value }) => `variable ${say(Name)} = ${say(Value)}`),
    ...it.list('Secrets').map(({ Name, ValueFrom }) => `secret ${say(Name)} = ${say(ValueFrom)}`),
    ...it
      .list('MountPoints')
      .map(
        ({ SourceVolume, ContainerPath, ReadOnly }) =>
          `${ReadOnly === false ? '' : 'read-only '}mount ${say(SourceVolume)} at ${say(ContainerPath)}`,
      ),
    when('health ', it.said('HealthCheck')),
    when('log ', it.said('LogConfiguration')),
    ...it.rest(),
  ];
  return lines.filter(isSaid);
}

const service: Describe = (it) => ({
  parts: [
    `in ${it.said('Cluster')} runs ${it.said('TaskDefinition')} on`,
    it.said('LaunchType'),
    ...it
      .list('CapacityProviderStrategy')
      .map(({ CapacityProvider, Weight, Base }) =>
        words(say(CapacityProvider), `weight ${say(Weight)}`, Base !== undefined && `base ${say(Base)}`),
      ),
  ],
  details: [
    when('network ', it.said('NetworkConfiguration')),
    when('placed where ', it.said('PlacementConstraints')),
    when('placed by ', it.said('PlacementStrategies')),
    when('deploys ', it.said('DeploymentConfiguration')),
  ],
});

const scalableTarget: Describe = (it) => ({
  parts: [
    `${it.said('MinCapacity')} to ${it.said('MaxCapacity')}`,
    `${it.said('ScalableDimension')} of ${it.said('ResourceId')}`,
  ],
});

const scalingPolicy: Describe = (it) => {
  const { StepAdjustments, ...others } = it.map('StepScalingPolicyConfiguration');
  const isUsual = it.take('PolicyName') === it.id;
  return {
    parts: [
      !isUsual && 'of another name',
      `${it.said('PolicyType')} of ${it.said('ScalingTargetId')}`,
      say(others),
    ],
    details: [`steps ${(StepAdjustments as Values[]).map(step).join(', ')}`],
  };
};

function step({
  MetricIntervalLowerBound: from,
  MetricIntervalUpperBound: to,
  ScalingAdjustment,
}: Values): string {
  const add = Number(ScalingAdjustment);
  return `${from === undefined ? '' : say(from)}..${to === undefined ? '' : say(to)}: ${add > 0 ? '+' : ''}${add}`;
}

const OPERATORS: Record<string, string> = {
  GreaterThanThreshold: '>',
  GreaterThanOrEqualToThreshold: '>=',
  LessThanThreshold: '<',
};

const alarm: Describe = (it) => {
  const operator = String(it.take('ComparisonOperator'));
  it.take('AlarmDescription');
  const period = it.take('Period');
  return {
    parts: [
      it.name('AlarmName'),
      words(
        metric({
          Namespace: it.take('Namespace'),
          MetricName: it.take('MetricName'),
          Dimensions: it.take('Dimensions'),
          Stat: it.take('Statistic'),
        }),
        ...it.list('Metrics').map(part),
        `${OPERATORS[operator] ?? operator} ${it.said('Threshold')}`,
        `for ${it.said('EvaluationPeriods')}`,
        period === undefined ? 'periods' : `x ${sayTime(period)}`,
      ),
      when('missing ', it.said('TreatMissingData')),
    ],
    details: [when('→ ', it.said('AlarmActions')), when('ok → ', it.said('OKActions'))],
  };
};

function metric({ Namespace, MetricName, Dimensions, Stat }: Values): string {
  if (MetricName === undefined) return '';
  const of = ((Dimensions ?? []) as Values[]).map(({ Value }) => say(Value)).join('/');
  return words(say(Stat), say(Namespace), say(MetricName), of !== '' && `of ${of}`);
}

function part({ Id, Expression, MetricStat }: Values): string {
  if (Expression !== undefined) return `${say(Id)} = ${say(Expression)}`;
  const { Metric, Period, Stat } = MetricStat as { Metric: Values; Period: unknown; Stat: unknown };
  return `${say(Id)} = ${metric({ ...Metric, Stat })} x ${sayTime(Period)};`;
}

const dashboard: Describe = (it) => {
  const {
    'Fn::Sub': [body, names],
  } = it.take('DashboardBody') as { 'Fn::Sub': [string, Values] };
  const { widgets } = JSON.parse(body) as { widgets: { type: string; properties: { title?: string } }[] };
  return {
    parts: [it.said('DashboardName')],
    details: [
      widgets.map(({ type, properties }) => `${type} ${properties.title ?? ''}`).join(', '),
      `with ${say(names)}`,
    ],
  };
};

const restMethod: Describe = (it) => {
  const { RequestTemplates, IntegrationResponses, ...integration } = it.map('Integration');
  return {
    parts: [],
    details: [
      say(integration),
      ...Object.entries(RequestTemplates as Values).map(([type, text]) => `${type}: ${say(text)}`),
      ...(IntegrationResponses as Values[]).map(say),
    ],
  };
};

const named =
  (property: string): Describe =>
  (it) => ({ parts: [it.name(property)] });

const TYPES: Record<string, Describe> = {
  'AWS::ApiGateway::ApiKey': named('Name'),
  'AWS::ApiGateway::Deployment': asItStands,
  'AWS::ApiGateway::Method': restMethod,
  'AWS::ApiGateway::RestApi': named('Name'),
  'AWS::ApiGateway::Stage': asItStands,
  'AWS::ApiGateway::UsagePlan': asItStands,
  'AWS::ApiGateway::UsagePlanKey': asItStands,
  'AWS::ApiGatewayV2::Api': named('Name'),
  'AWS::ApiGatewayV2::Authorizer': asItStands,
  'AWS::ApiGatewayV2::Integration': asItStands,
  'AWS::ApiGatewayV2::Route': asItStands,
  'AWS::ApiGatewayV2::Stage': asItStands,
  'AWS::ApplicationAutoScaling::ScalableTarget': scalableTarget,
  'AWS::ApplicationAutoScaling::ScalingPolicy': scalingPolicy,
  'AWS::CloudWatch::Alarm': alarm,
  'AWS::CloudWatch::Dashboard': dashboard,
  'AWS::DynamoDB::Table': table,
  'AWS::EC2::InternetGateway': asItStands,
  'AWS::EC2::Route': asItStands,
  'AWS::EC2::RouteTable': asItStands,
  'AWS::EC2::SecurityGroup': asItStands,
  'AWS::EC2::Subnet': asItStands,
  'AWS::EC2::SubnetRouteTableAssociation': asItStands,
  'AWS::EC2::VPC': asItStands,
  'AWS::EC2::VPCGatewayAttachment': asItStands,
  'AWS::ECS::Cluster': asItStands,
  'AWS::ECS::ClusterCapacityProviderAssociations': asItStands,
  'AWS::ECS::Service': service,
  'AWS::ECS::TaskDefinition': task,
  'AWS::Events::Rule': rule,
  'AWS::IAM::AccessKey': asItStands,
  'AWS::IAM::Role': role,
  'AWS::IAM::User': user,
  'AWS::KMS::Key': key,
  'AWS::Logs::LogGroup': logGroup,
  'AWS::Logs::MetricFilter': metricFilter,
  'AWS::S3::Bucket': bucket,
  'AWS::SNS::Subscription': subscription,
  'AWS::SNS::Topic': topic,
  'AWS::SQS::Queue': queue,
  'AWS::SQS::QueuePolicy': queuePolicy,
  'AWS::Scheduler::Schedule': schedule,
  'AWS::SecretsManager::Secret': secret,
};
