import {
  CloudWatchClient,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  ApplicationAutoScalingClient,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Outcome, outcomeFields, outcomeText } from '../../../src/contract/log-lines';
import { formatByWriter } from '../../helpers/structured';
import { jsonLines } from '../../helpers/command-bench';
import { TestService } from '../../helpers/deployed';
import { endFrameworks } from '../../helpers/framework';
import { type Moto, startMoto } from '../../helpers/moto';
import { callJson } from '../../helpers/moto-call';
import { denied, type StandInAnswers, startStandIn } from '../../helpers/moto-stand-in';
import { describeWithPython } from '../../helpers/python';

const REGION = 'eu-west-1';
const SERVICE_ID = 'service/shared/';

describeWithPython('the commands in AWS', () => {
  let moto: Moto;
  let service: TestService;
  let sqs: SQSClient;
  let cloudWatch: CloudWatchClient;
  let logs: CloudWatchLogsClient;
  let scaling: ApplicationAutoScalingClient;

  beforeAll(async () => {
    moto = await startMoto();
    const input = { clusterName: 'shared' };
    await callJson(moto, {
      region: REGION,
      target: 'AmazonEC2ContainerServiceV20141113.CreateCluster',
      input,
    });
    service = new TestService(moto, 'two-workers');
    const { code, output } = await service.run(['deploy']);
    if (code !== 0) throw new Error(output);
    const settings = {
      region: REGION,
      endpoint: moto.endpoint,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    };
    sqs = new SQSClient({ ...settings, useQueueUrlAsEndpoint: false });
    cloudWatch = new CloudWatchClient(settings);
    logs = new CloudWatchLogsClient(settings);
    scaling = new ApplicationAutoScalingClient(settings);
  }, 150_000);
  afterAll(async () => {
    await endFrameworks();
    service.remove();
    await moto.stop();
  });

  const urlOf = async (QueueName: string) =>
    (await sqs.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl!;

  /** A command, with a stand-in for what moto does not know. */
  async function run(args: string[], answers: StandInAnswers = {}) {
    const standIn = await startStandIn(moto, answers);
    try {
      const { code, output } = await service.run(['watchbot', ...args], { AWS_ENDPOINT_URL: standIn.url });
      return { code, output, json: jsonLines(output) };
    } finally {
      await standIn.stop();
    }
  }

  const ECS = 'AmazonEC2ContainerServiceV20141113';
  const full: StandInAnswers = {
    [`${ECS}.ListTasks`]: () => ({
      body: { taskArns: ['arn:aws:ecs:eu-west-1:1:task/shared/1', 'arn:aws:ecs:eu-west-1:1:task/shared/2'] },
    }),
    [`${ECS}.GetTaskProtection`]: () => ({
      body: { protectedTasks: [{ protectionEnabled: true }, { protectionEnabled: false }] },
    }),
    'AnyScaleFrontendService.DescribeScalingActivities': () => ({
      body: {
        ScalingActivities: [
          {
            ActivityId: '1',
            ServiceNamespace: 'ecs',
            ResourceId: 'x',
            ScalableDimension: 'ecs:service:DesiredCount',
            Cause: '',
            StartTime: Date.now() / 1000 - 90,
            StatusCode: 'Successful',
            Description: 'Setting desired count to 4.',
          },
        ],
      },
    }),
  };

  it('shows the status of all workers on one screen, and says what has no data yet', async () => {
    const { code, output } = await run(['status'], full);
    expect(output).toMatch(/^two, stage dev \(AWS, eu-west-1\), .*Z$/m);
    expect(output).toMatch(/^render$/m);
    expect(output).toMatch(/^join-tiles$/m);
    expect(output).toMatch(/^queue +0 waiting, 0 in flight, 0 delayed; age of the oldest: no data yet$/m);
    expect(output).toMatch(/^tasks +0 running, 0 pending, \d desired; 1 protected$/m);
    expect(output).toMatch(/^ +1 min 3\d s ago: Setting desired count to 4\. \(Successful\)$/m);
    expect(output).toMatch(/^failures +no data yet/m);
    expect(output).toMatch(/^alarms +deadLetter +AWS has no such alarm$/m);
    expect(code).toBe(0);
  });

  it('shows figures, and since when an alarm is in its state', async () => {
    const QueueUrl = await urlOf('two-dev-RenderQueue');
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }));
    const metric = (MetricName: string, Value: number, Dimensions?: { Name: string; Value: string }[]) => ({
      MetricName,
      Value,
      Dimensions,
      Timestamp: new Date(Date.now() - 60_000),
    });
    await cloudWatch.send(
      new PutMetricDataCommand({
        Namespace: 'Mapbox/ecs-watchbot',
        MetricData: [1, 1, 1, 2]
          .map((receives) => metric('RenderMessageReceives-two-dev', receives))
          .concat(metric('RenderWorkerErrors-two-dev', 1)),
      }),
    );
    await cloudWatch.send(
      new PutMetricDataCommand({
        Namespace: 'AWS/SQS',
        MetricData: [
          ...[
            ['ApproximateAgeOfOldestMessage', 3725] as const,
            ['ApproximateNumberOfNoisyGroups', 2] as const,
            ['ApproximateNumberOfMessagesVisibleInQuietGroups', 7] as const,
            ['ApproximateAgeOfOldestMessageInQuietGroups', 42] as const,
          ].map(([name, value]) =>
            metric(name, value, [{ Name: 'QueueName', Value: 'two-dev-RenderQueue' }]),
          ),
          metric('ApproximateAgeOfOldestMessage', 13 * 86_400, [
            { Name: 'QueueName', Value: 'two-dev-RenderDeadLetterQueue' },
          ]),
        ],
      }),
    );
    const DeadUrl = await urlOf('two-dev-RenderDeadLetterQueue');
    await sqs.send(new SendMessageCommand({ QueueUrl: DeadUrl, MessageBody: 'dead' }));
    const AlarmName = 'two-dev-RenderDeadLetterAlarm';
    await cloudWatch.send(
      new PutMetricAlarmCommand({
        AlarmName,
        MetricName: 'x',
        Namespace: 'y',
        Statistic: 'Sum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: 'GreaterThanThreshold',
      }),
    );
    await cloudWatch.send(new SetAlarmStateCommand({ AlarmName, StateValue: 'ALARM', StateReason: 'one' }));
    const listed = await callJson<{ serviceArns: string[] }>(moto, {
      region: REGION,
      target: `${ECS}.ListServices`,
      input: { cluster: 'shared' },
    });
    const arn = listed.serviceArns.find((each) => each.includes('Render'))!;
    await scaling.send(
      new RegisterScalableTargetCommand({
        ServiceNamespace: 'ecs',
        ScalableDimension: 'ecs:service:DesiredCount',
        ResourceId: `${SERVICE_ID}${arn.split('/').at(-1)!}`,
        MinCapacity: 1,
        MaxCapacity: 40,
      }),
    );
    const { output } = await run(['status', '--worker', 'render'], full);
    expect(output).toMatch(/^queue +1 waiting, 0 in flight, 0 delayed; oldest 1 h 2 min$/m);
    expect(output).toMatch(/^ +2 noisy message groups; of the others 7 waiting, oldest 42 s$/m);
    expect(output).toMatch(/^dead letters +1; the first is deleted in 1 d at the latest$/m);
    expect(output).toMatch(/^scaling +1 to 40 tasks$/m);
    expect(output).toMatch(/^failures +1 of 4 jobs failed in the last 1 h, 25\.0 %$/m);
    expect(output).toMatch(/^alarms +deadLetter +ALARM for \d+ s$/m);
    expect(output).not.toContain('join-tiles');
    const { json } = await run(['status', '--worker', 'render', '--json'], full);
    expect(json).toMatchObject([
      {
        service: 'two',
        stage: 'dev',
        region: REGION,
        isLocal: false,
        workers: [
          {
            worker: 'render',
            queue: { name: 'two-dev-RenderQueue', visible: 1, inFlight: 0, delayed: 0 },
            deadLetters: { visible: 1, retentionSeconds: 1_209_600 },
            oldestMessageSeconds: 3725,
            fairness: { noisyGroups: 2, visibleInQuietGroups: 7, oldestInQuietGroupsSeconds: 42 },
            deadLettersExpireInSeconds: 86_400,
            tasks: { running: 0, pending: 0, protected: 1 },
            scaling: { min: 1, max: 40 },
            scalingActivities: [{ status: 'Successful' }],
            failures: { failed: 1, jobs: 4, withinSeconds: 3600 },
            notRead: [],
          },
        ],
      },
    ]);
    await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    await sqs.send(new PurgeQueueCommand({ QueueUrl: DeadUrl }));
  });

  it('says in its place what may not be read, and which permission is missing', async () => {
    const { code, output } = await run(['status', '--worker', 'render'], {
      ...full,
      [`${ECS}.DescribeServices`]: denied,
      'AnyScaleFrontendService.DescribeScalableTargets': denied,
    });
    expect(output).toMatch(/^tasks +not read: needs permission for ecs:DescribeServices$/m);
    expect(output).toMatch(
      /^scaling +not read: needs permission for application-autoscaling:DescribeScalableTargets$/m,
    );
    expect(output).toMatch(/^queue +\d waiting/m);
    expect(code).toBe(0);
  });

  it('names stage and region if nothing is deployed', async () => {
    for (const command of [['status'], ['dead-letter', 'list', '--worker', 'render']]) {
      const { code, output } = await run([...command, '--stage', 'other']);
      expect(output).toMatch(
        /WATCHBOT_NOT_DEPLOYED at stage other in eu-west-1\n +given: +no stack two-other/,
      );
      expect(code).toBe(1);
    }
  });

  it('asks for a worker if there are several', async () => {
    const { output } = await run(['dead-letter', 'list']);
    expect(output).toContain('allowed: render, join-tiles');
  });

  it('names the permission that is missing', async () => {
    const { code, output } = await run(['dead-letter', 'list', '--worker', 'render'], {
      'AmazonSQS.ReceiveMessage': denied,
    });
    expect(output).toContain('WATCHBOT_RIGHTS at queue two-dev-RenderDeadLetterQueue');
    expect(output).toContain('sqs:ReceiveMessage');
    expect(code).toBe(1);
  });

  it('shows the attempts that the log tells of', async () => {
    const QueueUrl = await urlOf('two-dev-RenderDeadLetterQueue');
    const { MessageId = '' } = await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'tile' }));
    const outcome: Outcome = {
      result: 'failure',
      durationMs: 12,
      responseDurationMs: 34,
      receives: 2,
      code: 1,
      signal: null,
      reason: 'exit code 1',
    };
    const line = (text: string, fields = {}) =>
      formatByWriter({
        time: new Date(),
        source: 'watcher',
        messageId: MessageId,
        text,
        level: 30,
        fields,
      });
    const place = { logGroupName: 'two-dev-eu-west-1-render', logStreamName: 'task' };
    await logs.send(new CreateLogStreamCommand(place));
    await logs.send(
      new PutLogEventsCommand({
        ...place,
        logEvents: [line('received (receive 2)'), line(outcomeText(outcome), outcomeFields(outcome))].map(
          (message) => ({ message, timestamp: Date.now() + 1 }),
        ),
      }),
    );
    const { output } = await run(['dead-letter', 'show', MessageId, '--worker', 'render']);
    expect(output).toMatch(/^attempts +\S+Z receive 2: failure \(exit code 1\)$/m);
    const { json } = await run(['dead-letter', 'show', MessageId, '--worker', 'render', '--json']);
    expect(json).toMatchObject([
      { id: MessageId, attempts: [{ result: 'failure', receives: 2, reason: 'exit code 1' }], notRead: null },
    ]);
    const unread = await run(['dead-letter', 'show', MessageId, '--worker', 'render'], {
      'Logs_20140328.FilterLogEvents': denied,
    });
    expect(unread.output).toContain('logs:FilterLogEvents');
    expect(unread.output).toContain('\ntile\n');
    expect(unread.code).toBe(0);
  });

  /** SQS's move tasks, as its documentation tells of them: moved a few at a time, whenever somebody looks. */
  function moveTasks() {
    const started: Record<string, unknown>[] = [];
    let looks = 0;
    const answers: StandInAnswers = {
      'AmazonSQS.StartMessageMoveTask': (input) => {
        started.push(input);
        return { body: { TaskHandle: 'handle' } };
      },
      'AmazonSQS.ListMessageMoveTasks': () => {
        if (started.length === 0) return { body: { Results: [] } };
        looks += 1;
        const Status = looks < 3 ? 'RUNNING' : 'COMPLETED';
        return {
          body: {
            Results: [
              { Status, ApproximateNumberOfMessagesMoved: looks * 2, ApproximateNumberOfMessagesToMove: 6 },
            ],
          },
        };
      },
    };
    return { started, answers };
  }

  it('lets SQS itself replay all, and follows it to the end', async () => {
    const { started, answers } = moveTasks();
    const { code, json } = await run(['dead-letter', 'replay', '--worker', 'render', '--json'], answers);
    expect(started).toEqual([
      {
        SourceArn: 'arn:aws:sqs:eu-west-1:123456789012:two-dev-RenderDeadLetterQueue',
        DestinationArn: 'arn:aws:sqs:eu-west-1:123456789012:two-dev-RenderQueue',
      },
    ]);
    expect(json).toEqual([{ replayed: 6, by: 'move task' }]);
    expect(code).toBe(0);
  });

  it.each([
    ['FAILED', 'SQS ended the move as FAILED (AccessDenied), after 1 messages'],
    ['CANCELLED', 'SQS ended the move as CANCELLED'],
  ])('says why a move has ended as %s', async (Status, text) => {
    const { started, answers } = moveTasks();
    const FailureReason = Status === 'FAILED' ? 'AccessDenied' : undefined;
    const { code, output } = await run(['dead-letter', 'replay', '--worker', 'render'], {
      ...answers,
      'AmazonSQS.ListMessageMoveTasks': () => ({
        body: {
          Results:
            started.length === 0 ? [] : [{ Status, FailureReason, ApproximateNumberOfMessagesMoved: 1 }],
        },
      }),
    });
    expect(output).toContain(text);
    expect(code).toBe(1);
  });

  it('keeps the trace header and the group of what it replays', async () => {
    const QueueUrl = await urlOf('two-dev-RenderDeadLetterQueue');
    const trace = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';
    const { MessageId = '' } = await sqs.send(
      new SendMessageCommand({
        QueueUrl,
        MessageBody: 'traced',
        MessageGroupId: 'fair',
        MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: trace } },
      }),
    );
    // moto takes it from a batch, but does not keep it.
    const batches: Record<string, unknown>[] = [];
    const { code } = await run(['dead-letter', 'replay', MessageId, '--worker', 'render'], {
      'AmazonSQS.SendMessageBatch': (input) => {
        batches.push(input);
        return undefined;
      },
    });
    expect(code).toBe(0);
    expect(batches).toMatchObject([
      {
        Entries: [
          {
            MessageBody: 'traced',
            MessageGroupId: 'fair',
            MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: trace } },
          },
        ],
      },
    ]);
  });

  it('puts SQS’s rule of one purge a minute in plain words', async () => {
    const refused = () => ({
      status: 400,
      body: {
        __type: 'com.amazonaws.sqs#PurgeQueueInProgress',
        message: 'Only one PurgeQueue operation on q is allowed every 60 seconds.',
      },
    });
    const { code, output } = await run(['dead-letter', 'purge', '--worker', 'render', '--yes'], {
      'AmazonSQS.PurgeQueue': refused,
    });
    expect(output).toContain('a purge that began less than 60 seconds ago');
    expect(code).toBe(1);
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: await urlOf('two-dev-RenderDeadLetterQueue'),
        AttributeNames: ['All'],
      }),
    );
    expect(Number(Attributes?.ApproximateNumberOfMessages)).toBeGreaterThan(0);
  });
});
