import type { Worker } from '../../config/configuration';
import { clusterName } from '../cluster';
import { sendStatements } from '../references';
import {
  arn,
  assumedBy,
  compact,
  getAtt,
  policyDocument,
  sub,
  type Resources,
  type Statement,
} from '../cloudformation';
import { keyStatements } from './encryption';
import { progressStatements } from './progress-table';
import { countsReceives, queueArn } from './queue-references';
import { pullStatements } from './pull';
import { secretStatements } from './secrets';
import { queueSendStatement, sendStatement } from './sending';
import { idOf, named, type Subject } from './subject';
import { onTagged } from './worker-tag';

/**
 * By tasks of this account and region: ECS cannot be led to use it for somebody else's.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html (confused deputy)
 */
const assumedByTasks = assumedBy('ecs-tasks.amazonaws.com', {
  ArnLike: { 'aws:SourceArn': arn('ecs', '*') },
});

/** What the watcher and its workers may do. */
export function taskRole(subject: Subject): Resources {
  const { worker } = subject;
  return named(subject, 'taskRole', {
    Type: 'AWS::IAM::Role',
    Properties: compact({
      AssumeRolePolicyDocument: assumedByTasks,
      ManagedPolicyArns: worker.managedPolicies.length === 0 ? undefined : worker.managedPolicies,
      Policies: [
        { PolicyName: 'watcher', PolicyDocument: policyDocument(watcherStatements(subject)) },
        ...(worker.permissions.length === 0
          ? []
          : [{ PolicyName: 'worker', PolicyDocument: policyDocument(userStatements(worker)) }]),
      ],
    }),
  });
}

function watcherStatements(subject: Subject): Statement[] {
  const { worker } = subject;
  return [
    {
      Sid: 'Messages',
      Effect: 'Allow',
      Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility'],
      Resource: queueArn(subject),
    },
    // A worker may make more work of its own kind, as in Watchbot.
    { Sid: 'MoreWork', ...sendStatement(subject) },
    ...sendAnewStatements(subject),
    ...keyStatements(subject, worker.topic ? ['sqs', 'sns'] : ['sqs']),
    ...progressStatements(subject),
    ...sendStatements(worker.environment, otherWorkers(subject)),
    protectionStatement(subject),
    lookStatement(subject),
    ...(worker.exec ? [EXEC_STATEMENT] : []),
  ];
}

/** A task protects itself, by its role: the same for all tasks of the worker, and so for no others. */
const protectionStatement = (subject: Subject): Statement => ({
  Sid: 'ScaleInProtection',
  Effect: 'Allow',
  Action: 'ecs:UpdateTaskProtection',
  ...onOwn(subject, inCluster(subject, 'task')),
});

/** A task looks whether a newer version runs: at itself, and at its service. */
const lookStatement = (subject: Subject): Statement => ({
  Sid: 'OwnVersion',
  Effect: 'Allow',
  Action: ['ecs:DescribeTasks', 'ecs:DescribeServices'],
  ...onOwn(subject, [inCluster(subject, 'task'), inCluster(subject, 'service')]),
});

const inCluster = ({ configuration }: Subject, kind: 'task' | 'service') =>
  sub(`arn:\${AWS::Partition}:ecs:\${AWS::Region}:\${AWS::AccountId}:${kind}/\${Cluster}/*`, {
    Cluster: clusterName(configuration),
  });

/** Of what a statement names, that which has the worker's tag. */
function onOwn(subject: Subject, Resource: Statement['Resource']) {
  const Condition = onTagged(subject);
  return { Resource, ...(Condition && { Condition }) };
}

/** A worker that is told where another one's messages go may send them. */
function otherWorkers({ configuration, worker }: Subject) {
  return configuration.workers
    .filter(({ name }) => name !== worker.name)
    .map((other) => ({ configuration, worker: other }));
}

/** A message is sent anew where a receive that was no try would count towards its becoming a dead letter. */
function sendAnewStatements(subject: Subject): Statement[] {
  const { worker } = subject;
  // Without a topic the queue may be sent to in any case; in a FIFO queue a copy would lose its place.
  if (!worker.topic || worker.queue.fifo || !countsReceives(subject)) return [];
  return [{ Sid: 'SendAnew', ...queueSendStatement(subject) }];
}

/** ECS Exec speaks through channels that have no ARN. */
const EXEC_STATEMENT: Statement = {
  Sid: 'Exec',
  Effect: 'Allow',
  Action: [
    'ssmmessages:CreateControlChannel',
    'ssmmessages:CreateDataChannel',
    'ssmmessages:OpenControlChannel',
    'ssmmessages:OpenDataChannel',
  ],
  Resource: '*',
};

function userStatements({ permissions }: Worker): Statement[] {
  return permissions.map((statement) => ({ ...statement, Effect: statement.Effect ?? 'Allow' }));
}

/** What ECS may do to start a task: pull the image, write the log, read the secrets. */
export function executionRole(subject: Subject): Resources {
  return named(subject, 'executionRole', {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: assumedByTasks,
      Policies: [{ PolicyName: 'start', PolicyDocument: policyDocument(executionStatements(subject)) }],
    },
  });
}

function executionStatements(subject: Subject): Statement[] {
  return [
    ...pullStatements(subject),
    {
      Sid: 'WriteLog',
      Effect: 'Allow',
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: getAtt(idOf(subject, 'logGroup'), 'Arn'),
    },
    ...secretStatements(subject.worker.secrets),
  ];
}
