import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  logicalId,
  SharedId,
  SHARED_RESOURCE_NAMES,
  WORKER_RESOURCE_NAMES,
} from '../../src/config/logical-ids';
import type { TemplateResource } from '../../src/resources/cloudformation';
import { allowFunctionsToSend } from '../../src/resources/sending';
import { parse } from '../config/support';
import { SECTIONS } from './sections';
import { permissionInWords, permissionsOf, type Permission } from './statements';
import { build } from './support';

/** Every leave that this plugin gives, to whom, and what is written of it. */

const WORKERS = ['watchbot', 'other'];
const FUNCTION_ROLE = 'IamRoleLambdaExecution';

function whoIs(id: string): string {
  if (id === FUNCTION_ROLE) return 'functions';
  const known = WORKER_RESOURCE_NAMES.find((resource) =>
    WORKERS.some((worker) => logicalId(worker, resource) === id),
  );
  return known ?? SHARED_RESOURCE_NAMES.find((resource) => SharedId[resource] === id) ?? id;
}

const permissionsIn = (resources: Record<string, TemplateResource>): Permission[] =>
  Object.entries(resources).flatMap(([id, body]) => permissionsOf(whoIs(id), body));

/** One that names another's queue and topic, as it stands in its environment. */
function ofNeighbours(): Permission[] {
  const watchbot = { command: 'true', queue: { encryption: 'KMS' } };
  const environment = { QUEUE: { Ref: 'WatchbotQueue' }, TOPIC: { Ref: 'WatchbotTopic' } };
  return permissionsIn(
    build({ workers: { watchbot, other: { command: 'true', topic: false, environment } } }).Resources,
  );
}

function ofFunctions(): Permission[] {
  const Environment = { Variables: { QUEUE: { Ref: 'WatchbotQueue' }, TOPIC: { Ref: 'WatchbotTopic' } } };
  const Resources = {
    Hello: {
      Type: 'AWS::Lambda::Function',
      Properties: { Environment, Role: { 'Fn::GetAtt': [FUNCTION_ROLE, 'Arn'] } },
    },
    [FUNCTION_ROLE]: { Type: 'AWS::IAM::Role', Properties: {} },
  };
  allowFunctionsToSend({ Resources }, parse({ command: 'true', queue: { encryption: 'KMS' } }));
  return permissionsIn(Resources);
}

const ALL: Permission[] = [
  ...Object.values(SECTIONS).flatMap((section) =>
    permissionsIn(build({ command: 'true', ...section }).Resources),
  ),
  ...ofNeighbours(),
  ...ofFunctions(),
];
const isTrust = ({ actions }: Permission) => actions.includes('sts:AssumeRole');

const EXPECTED = `
awakeRole KeepAwake: sqs:TagQueue on OtherQueue.Arn from aws:TagKeys watchbot:worker
awakeRole KeepAwake: sqs:TagQueue on Queue.Arn from aws:TagKeys watchbot:worker
awakeRole –: sts:AssumeRole on itself by scheduler.amazonaws.com from scheduler:schedule-group/default, aws:SourceAccount AWS::AccountId
executionRole FindEnvironmentFiles: s3:GetBucketLocation on s3:::settings
executionRole PullImage: ecr:BatchCheckLayerAvailability ecr:BatchGetImage ecr:GetDownloadUrlForLayer on ecr:repository/tiles-dev/other
executionRole PullImage: ecr:BatchCheckLayerAvailability ecr:BatchGetImage ecr:GetDownloadUrlForLayer on ecr:repository/tiles-dev/watchbot
executionRole ReadEnvironmentFiles: s3:GetObject on s3:::settings/tiles/prod.env
executionRole ReadParameters: ssm:GetParameters on ssm:parameter/<OwnParameter>
executionRole ReadParameters: ssm:GetParameters on ssm:parameter/a
executionRole ReadSecrets: secretsmanager:GetSecretValue on OwnSecret
executionRole ReadSecrets: secretsmanager:GetSecretValue on secretsmanager:secret:key-AbCdEf
executionRole ReadSecrets: secretsmanager:GetSecretValue on secretsmanager:secret:short-??????
executionRole RegistryLogin: ecr:GetAuthorizationToken on *
executionRole WriteLog: logs:CreateLogStream logs:PutLogEvents on LogGroup.Arn
executionRole WriteLog: logs:CreateLogStream logs:PutLogEvents on OtherLogGroup.Arn
executionRole WriteLog: logs:CreateLogStream logs:PutLogEvents on SidecarLog.Arn
executionRole –: sts:AssumeRole on itself by ecs-tasks.amazonaws.com from ecs:*, aws:SourceAccount AWS::AccountId
functions –: kms:Decrypt kms:GenerateDataKey on QueueKey.Arn from kms:ViaService sqs.\${AWS::Region}.amazonaws.com or sns.\${AWS::Region}.amazonaws.com
functions –: sns:Publish on Topic
functions –: sqs:SendMessage on Queue.Arn
infrastructureRole LetEbsUseKey: kms:CreateGrant on arn:<{"Fn::Select":[1,{"Fn::Split":["arn:",{"Fn::Sub":["\${Name}kms:key/\${Name}",{"Name":{"Ref":"OwnKey"}}]}]}]}> from kms:ViaService ec2.\${AWS::Region}.amazonaws.com, kms:EncryptionContextKeys aws:ebs:id, kms:GrantIsForAWSResource true
infrastructureRole LookAtKey: kms:DescribeKey on arn:<{"Fn::Select":[1,{"Fn::Split":["arn:",{"Fn::Sub":["\${Name}kms:key/\${Name}",{"Name":{"Ref":"OwnKey"}}]}]}]}>
infrastructureRole UseKey: kms:GenerateDataKey kms:GenerateDataKeyWithoutPlaintext kms:ReEncryptFrom kms:ReEncryptTo on arn:<{"Fn::Select":[1,{"Fn::Split":["arn:",{"Fn::Sub":["\${Name}kms:key/\${Name}",{"Name":{"Ref":"OwnKey"}}]}]}]}> from kms:ViaService ec2.\${AWS::Region}.amazonaws.com, kms:EncryptionContextKeys aws:ebs:id
infrastructureRole –: sts:AssumeRole on itself by ecs.amazonaws.com
managedInfrastructureRole PassInstanceRole: iam:PassRole on ManagedInstanceRole.Arn from iam:PassedToService ec2.amazonaws.com or ec2.amazonaws.com.cn
managedInfrastructureRole –: sts:AssumeRole on itself by ecs.amazonaws.com
managedInstanceRole AsInstance: ecs:Poll ecs:PutSystemLogEvents ecs:StartTelemetrySession on ecs:container-instance/<Cluster>/*
managedInstanceRole FindEcs: ecs:DiscoverPollEndpoint on *
managedInstanceRole InCluster: ecs:RegisterContainerInstance ecs:SubmitAttachmentStateChanges ecs:SubmitTaskStateChange on Cluster.Arn
managedInstanceRole –: sts:AssumeRole on itself by ec2.amazonaws.com
queueKey Account: kms:* on * by iam::\${AWS::AccountId}:root
queueKey BucketSends: kms:Decrypt kms:GenerateDataKey on * by s3.amazonaws.com from s3:::<\${AWS::StackName}-more>, aws:SourceAccount AWS::AccountId
queueKey BucketSends: kms:Decrypt kms:GenerateDataKey on * by s3.amazonaws.com from s3:::tiles-raw, aws:SourceAccount AWS::AccountId
queueKey RuleSends: kms:Decrypt kms:GenerateDataKey on * by events.amazonaws.com from events:rule/\${OwnBus}/tiles-dev-WatchbotEventRule3
queueKey RuleSends: kms:Decrypt kms:GenerateDataKey on * by events.amazonaws.com from events:rule/maps/tiles-dev-WatchbotEventRule2
queueKey RuleSends: kms:Decrypt kms:GenerateDataKey on * by events.amazonaws.com from events:rule/tiles-dev-WatchbotBucketRule1
queueKey RuleSends: kms:Decrypt kms:GenerateDataKey on * by events.amazonaws.com from events:rule/tiles-dev-WatchbotBucketRule2
queueKey RuleSends: kms:Decrypt kms:GenerateDataKey on * by events.amazonaws.com from events:rule/tiles-dev-WatchbotEventRule1
queueKey TopicSends: kms:Decrypt kms:GenerateDataKey on * by sns.amazonaws.com from OwnTopic
queueKey TopicSends: kms:Decrypt kms:GenerateDataKey on * by sns.amazonaws.com from sns:eu-west-1:far
queueKey TopicSends: kms:Decrypt kms:GenerateDataKey on * by sns.amazonaws.com from sns:news
queueKey TopicSends: kms:Decrypt kms:GenerateDataKey on * by sns.amazonaws.com from sns:news.fifo
queueKey TopicSends: kms:Decrypt kms:GenerateDataKey on * by sns.amazonaws.com from sns:tiles-dev-WatchbotTopic
queueKey TopicSends: kms:Decrypt kms:GenerateDataKey on * by sns.amazonaws.com from sns:tiles-dev-WatchbotTopic.fifo
queuePolicy BucketSends: sqs:SendMessage on Queue.Arn by s3.amazonaws.com from s3:::<\${AWS::StackName}-more>, aws:SourceAccount AWS::AccountId
queuePolicy BucketSends: sqs:SendMessage on Queue.Arn by s3.amazonaws.com from s3:::tiles-raw, aws:SourceAccount AWS::AccountId
queuePolicy RuleSends: sqs:SendMessage on Queue.Arn by events.amazonaws.com from BucketRule1.Arn
queuePolicy RuleSends: sqs:SendMessage on Queue.Arn by events.amazonaws.com from BucketRule2.Arn
queuePolicy RuleSends: sqs:SendMessage on Queue.Arn by events.amazonaws.com from EventRule1.Arn
queuePolicy RuleSends: sqs:SendMessage on Queue.Arn by events.amazonaws.com from EventRule2.Arn
queuePolicy RuleSends: sqs:SendMessage on Queue.Arn by events.amazonaws.com from EventRule3.Arn
queuePolicy TopicSends: sqs:SendMessage on Queue.Arn by sns.amazonaws.com from OwnTopic
queuePolicy TopicSends: sqs:SendMessage on Queue.Arn by sns.amazonaws.com from Topic
queuePolicy TopicSends: sqs:SendMessage on Queue.Arn by sns.amazonaws.com from sns:ap-east-1:farther
queuePolicy TopicSends: sqs:SendMessage on Queue.Arn by sns.amazonaws.com from sns:eu-west-1:far
queuePolicy TopicSends: sqs:SendMessage on Queue.Arn by sns.amazonaws.com from sns:news
queuePolicy TopicSends: sqs:SendMessage on Queue.Arn by sns.amazonaws.com from sns:news.fifo
queuePolicy TopicSends: sqs:SendMessage on Queue.Arn by sns.ap-east-1.amazonaws.com from Topic
queuePolicy TopicSends: sqs:SendMessage on Queue.Arn by sns.ap-east-1.amazonaws.com from sns:ap-east-1:farther
scheduleRole Encryption: kms:Decrypt kms:GenerateDataKey on QueueKey.Arn from kms:ViaService sqs.\${AWS::Region}.amazonaws.com
scheduleRole Encryption: kms:Decrypt kms:GenerateDataKey on kms:key/1234abcd-12ab-34cd-56ef-1234567890ab from kms:ViaService sqs.\${AWS::Region}.amazonaws.com
scheduleRole Send: sqs:SendMessage on Queue.Arn
scheduleRole Send: sqs:SendMessage on sqs:jobs
scheduleRole –: sts:AssumeRole on itself by scheduler.amazonaws.com from scheduler:schedule-group/default, aws:SourceAccount AWS::AccountId
sender Encryption: kms:Decrypt kms:GenerateDataKey on QueueKey.Arn from kms:ViaService sns.\${AWS::Region}.amazonaws.com
sender Encryption: kms:Decrypt kms:GenerateDataKey on kms:key/1234abcd-12ab-34cd-56ef-1234567890ab from kms:ViaService sns.\${AWS::Region}.amazonaws.com
sender Send: sns:Publish on Topic
sender Send: sqs:SendMessage on Queue.Arn
sender Send: sqs:SendMessage on sqs:jobs
taskRole CollectorMetrics: logs:CreateLogGroup logs:CreateLogStream logs:DescribeLogStreams logs:PutLogEvents on logs:log-group:/aws/ecs/application/metrics
taskRole CollectorMetrics: logs:CreateLogGroup logs:CreateLogStream logs:DescribeLogStreams logs:PutLogEvents on logs:log-group:/aws/ecs/application/metrics:*
taskRole Encryption: kms:Decrypt kms:GenerateDataKey on OwnKey.Arn from kms:ViaService sqs.\${AWS::Region}.amazonaws.com or sns.\${AWS::Region}.amazonaws.com
taskRole Encryption: kms:Decrypt kms:GenerateDataKey on QueueKey.Arn from kms:ViaService sqs.\${AWS::Region}.amazonaws.com
taskRole Encryption: kms:Decrypt kms:GenerateDataKey on QueueKey.Arn from kms:ViaService sqs.\${AWS::Region}.amazonaws.com or sns.\${AWS::Region}.amazonaws.com
taskRole Encryption: kms:Decrypt kms:GenerateDataKey on kms:key/* from kms:ViaService sqs.\${AWS::Region}.amazonaws.com or sns.\${AWS::Region}.amazonaws.com, kms:ResourceAliases alias/tiles
taskRole Encryption: kms:Decrypt kms:GenerateDataKey on kms:key/1234abcd-12ab-34cd-56ef-1234567890ab from kms:ViaService sqs.\${AWS::Region}.amazonaws.com
taskRole Encryption: kms:Decrypt kms:GenerateDataKey on kms:key/1234abcd-12ab-34cd-56ef-1234567890ab from kms:ViaService sqs.\${AWS::Region}.amazonaws.com or sns.\${AWS::Region}.amazonaws.com
taskRole Exec: ssmmessages:CreateControlChannel ssmmessages:CreateDataChannel ssmmessages:OpenControlChannel ssmmessages:OpenDataChannel on *
taskRole FileSystem1: elasticfilesystem:ClientMount elasticfilesystem:ClientWrite elasticfilesystem:ClientRootAccess on elasticfilesystem:file-system/<OwnFiles>
taskRole FileSystem2: elasticfilesystem:ClientMount on elasticfilesystem:file-system/<OwnFiles> from elasticfilesystem:AccessPointArn elasticfilesystem:access-point/<OwnPoint>
taskRole Messages: sqs:ReceiveMessage sqs:DeleteMessage sqs:ChangeMessageVisibility on OtherQueue.Arn
taskRole Messages: sqs:ReceiveMessage sqs:DeleteMessage sqs:ChangeMessageVisibility on OwnQueue.Arn
taskRole Messages: sqs:ReceiveMessage sqs:DeleteMessage sqs:ChangeMessageVisibility on Queue.Arn
taskRole Messages: sqs:ReceiveMessage sqs:DeleteMessage sqs:ChangeMessageVisibility on sqs:jobs
taskRole MoreWork: sns:Publish on Topic
taskRole MoreWork: sns:Publish on sns:jobs
taskRole MoreWork: sqs:SendMessage on OtherQueue.Arn
taskRole MoreWork: sqs:SendMessage on OwnQueue.Arn
taskRole MoreWork: sqs:SendMessage on Queue.Arn
taskRole MoreWork: sqs:SendMessage on sqs:jobs
taskRole OwnVersion: ecs:DescribeTasks ecs:DescribeServices on ecs:service/<Cluster>/* from aws:ResourceTag/watchbot:worker tiles-dev-Other
taskRole OwnVersion: ecs:DescribeTasks ecs:DescribeServices on ecs:service/<Cluster>/* from aws:ResourceTag/watchbot:worker tiles-dev-Watchbot
taskRole OwnVersion: ecs:DescribeTasks ecs:DescribeServices on ecs:service/<OwnCluster>/* from aws:ResourceTag/watchbot:worker tiles-dev-Watchbot
taskRole OwnVersion: ecs:DescribeTasks ecs:DescribeServices on ecs:service/<big>/* from aws:ResourceTag/watchbot:worker tiles-dev-Watchbot
taskRole OwnVersion: ecs:DescribeTasks ecs:DescribeServices on ecs:service/<shared>/* from aws:ResourceTag/watchbot:worker tiles-dev-Watchbot
taskRole OwnVersion: ecs:DescribeTasks ecs:DescribeServices on ecs:task/<Cluster>/* from aws:ResourceTag/watchbot:worker tiles-dev-Other
taskRole OwnVersion: ecs:DescribeTasks ecs:DescribeServices on ecs:task/<Cluster>/* from aws:ResourceTag/watchbot:worker tiles-dev-Watchbot
taskRole OwnVersion: ecs:DescribeTasks ecs:DescribeServices on ecs:task/<OwnCluster>/* from aws:ResourceTag/watchbot:worker tiles-dev-Watchbot
taskRole OwnVersion: ecs:DescribeTasks ecs:DescribeServices on ecs:task/<big>/* from aws:ResourceTag/watchbot:worker tiles-dev-Watchbot
taskRole OwnVersion: ecs:DescribeTasks ecs:DescribeServices on ecs:task/<shared>/* from aws:ResourceTag/watchbot:worker tiles-dev-Watchbot
taskRole Progress: dynamodb:GetItem dynamodb:UpdateItem on ProgressTable.Arn
taskRole RouteLog: logs:CreateLogStream logs:PutLogEvents on LogGroup.Arn
taskRole ScaleInProtection: ecs:UpdateTaskProtection on ecs:task/<Cluster>/* from aws:ResourceTag/watchbot:worker tiles-dev-Other
taskRole ScaleInProtection: ecs:UpdateTaskProtection on ecs:task/<Cluster>/* from aws:ResourceTag/watchbot:worker tiles-dev-Watchbot
taskRole ScaleInProtection: ecs:UpdateTaskProtection on ecs:task/<OwnCluster>/* from aws:ResourceTag/watchbot:worker tiles-dev-Watchbot
taskRole ScaleInProtection: ecs:UpdateTaskProtection on ecs:task/<big>/* from aws:ResourceTag/watchbot:worker tiles-dev-Watchbot
taskRole ScaleInProtection: ecs:UpdateTaskProtection on ecs:task/<shared>/* from aws:ResourceTag/watchbot:worker tiles-dev-Watchbot
taskRole SendAnew: sqs:SendMessage on Queue.Arn
taskRole Traces: xray:GetSamplingRules xray:GetSamplingStatisticSummaries xray:GetSamplingTargets xray:PutTelemetryRecords xray:PutTraceSegments on *
taskRole –: kms:Decrypt kms:GenerateDataKey on QueueKey.Arn from kms:ViaService sqs.\${AWS::Region}.amazonaws.com or sns.\${AWS::Region}.amazonaws.com
taskRole –: sns:Publish on Topic
taskRole –: sqs:SendMessage on Queue.Arn
taskRole –: sts:AssumeRole on itself by ecs-tasks.amazonaws.com from ecs:*, aws:SourceAccount AWS::AccountId
webhookRole Encryption: kms:Decrypt kms:GenerateDataKey on QueueKey.Arn from kms:ViaService sqs.\${AWS::Region}.amazonaws.com
webhookRole Encryption: kms:Decrypt kms:GenerateDataKey on kms:key/1234abcd-12ab-34cd-56ef-1234567890ab from kms:ViaService sqs.\${AWS::Region}.amazonaws.com
webhookRole Send: sqs:SendMessage on OwnQueue.Arn
webhookRole Send: sqs:SendMessage on Queue.Arn
webhookRole Send: sqs:SendMessage on sqs:jobs
webhookRole –: sts:AssumeRole on itself by apigateway.amazonaws.com
`;

it('nothing is allowed but this, by any section', () => {
  const lines = [...new Set(ALL.map(permissionInWords))].sort();
  expect(lines).toEqual(EXPECTED.trim().split('\n'));
});

/** What may have a `*` or `?` in it, and why it cannot be named. */
const OPEN: { who: string; sid: string; open: string; why: string }[] = [
  {
    who: 'managedInstanceRole',
    sid: 'FindEcs',
    open: '*',
    why: 'AWS takes no resource for ecs:DiscoverPollEndpoint',
  },
  {
    who: 'managedInstanceRole',
    sid: 'AsInstance',
    open: 'ecs:container-instance/<…>/*',
    why: 'an instance has its id only once it has joined the cluster',
  },
  {
    who: 'executionRole',
    sid: 'RegistryLogin',
    open: '*',
    why: 'AWS takes no resource for ecr:GetAuthorizationToken',
  },
  { who: 'taskRole', sid: 'Exec', open: '*', why: 'AWS takes no resource for the channels of ECS Exec' },
  { who: 'taskRole', sid: 'Traces', open: '*', why: 'X-Ray takes no resource here' },
  {
    who: 'taskRole',
    sid: 'CollectorMetrics',
    open: 'logs:log-group:/aws/ecs/application/metrics:*',
    why: 'the streams in that group',
  },
  { who: 'queueKey', sid: 'Account', open: 'kms:*', why: 'a key that nobody may manage is lost' },
  { who: 'queueKey', sid: 'Account', open: '*', why: 'in the policy of a key it is that key' },
  ...['TopicSends', 'RuleSends', 'BucketSends'].map((sid) => ({
    who: 'queueKey',
    sid,
    open: '*',
    why: 'in the policy of a key it is that key',
  })),
  {
    who: 'taskRole',
    sid: 'Encryption',
    open: 'kms:key/*',
    why: 'a policy cannot name an alias: the condition on it says which key',
  },
  {
    who: 'taskRole',
    sid: 'ScaleInProtection',
    open: 'ecs:task/<…>/*',
    why: 'a task has its id only once it runs',
  },
  {
    who: 'taskRole',
    sid: 'OwnVersion',
    open: 'ecs:task/<…>/*',
    why: 'a task has its id only once it runs',
  },
  {
    who: 'taskRole',
    sid: 'OwnVersion',
    open: 'ecs:service/<…>/*',
    why: 'a service that waits for its role cannot be named in it',
  },
  {
    who: 'executionRole',
    sid: 'ReadSecrets',
    open: 'secretsmanager:secret:short-??????',
    why: 'Secrets Manager adds six characters to the name that was given',
  },
];

describe('a `*`', () => {
  const isOpen = (text: string) => /[*?]/.test(text);
  const key = ({ who, sid, open }: { who: string; sid: string; open: string }) => `${who} ${sid} ${open}`;
  const open = ALL.flatMap(({ who, sid, actions, on }) =>
    [...actions, on.replace(/<\w+>/, '<…>')].filter(isOpen).map((text) => key({ who, sid, open: text })),
  );

  it('stands only if there is a reason', () => {
    expect(open.filter((found) => !OPEN.map(key).includes(found))).toEqual([]);
  });

  it('has no reason that is out of date', () => {
    expect(OPEN.map(key).filter((known) => !open.includes(known))).toEqual([]);
  });

  it('of a source stands for ECS of the account and region only', () => {
    const sources = ALL.map(({ from = '' }) => from).filter(isOpen);
    expect([...new Set(sources)]).toEqual(['ecs:*, aws:SourceAccount AWS::AccountId']);
  });
});

describe('the page on permissions', () => {
  const page = readFileSync(join(__dirname, '..', '..', 'docs', 'permissions.md'), 'utf8');
  const rows = page
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  const codes = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code!);
  const unique = (list: string[]) => [...new Set(list)].sort();
  const [permissions, trusts] = [6, 2].map((columns) => rows.filter((row) => row.length === columns));

  it('has every permission, and no other', () => {
    const written = permissions!.flatMap(([who, sid, what]) =>
      codes(who!).flatMap((name) =>
        (sid === '–' ? ['–'] : codes(sid!)).flatMap((statement) =>
          codes(what!).map((action) => `${name} ${statement} ${action}`),
        ),
      ),
    );
    const given = ALL.filter((permission) => !isTrust(permission)).flatMap(({ who, sid, actions }) =>
      actions.map((action) => `${who} ${sid} ${action}`),
    );
    expect(unique(written)).toEqual(unique(given));
    expect(new Set(written).size).toBe(written.length);
  });

  it('has every service that takes a role, and no other', () => {
    const written = trusts!.flatMap(([who, service]) =>
      codes(who!).map((role) => `${role} ${codes(service!)[0]}`),
    );
    const given = ALL.filter(isTrust).map(({ who, by }) => `${who} ${by}`);
    expect(unique(written)).toEqual(unique(given));
  });

  it('leaves no cell empty, and no row of another form', () => {
    expect(rows.flat().filter((cell) => cell === '')).toEqual([]);
    expect(rows.length).toBe(permissions!.length + trusts!.length);
  });

  it('says why if a resource cannot be named', () => {
    for (const { why } of OPEN) expect(page.replaceAll(/[`\s]+/g, ' ')).toContain(why);
  });
});
