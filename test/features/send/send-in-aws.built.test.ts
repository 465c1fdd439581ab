import {
  CloudWatchLogsClient,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { SubscribeCommand } from '@aws-sdk/client-sns';
import { GetScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { logGroupName } from '../../../src/config/names';
import { AwsFault, endAwsStandIns, startAwsStandIn } from '../../helpers/aws-stand-in';
import { clientsFor, physicalIds, TestService } from '../../helpers/deployed';
import { endFrameworks } from '../../helpers/framework';
import { MOTO_ACCOUNT_ID, startMoto, type Moto } from '../../helpers/moto';
import { describeWithPython } from '../../helpers/python';
import { endWatchers, startWatcher } from '../../helpers/watcher';

const REGION = 'eu-west-1';
const STACK = 'sweeper-dev';

describeWithPython('send and logs, of a service deployed to moto', () => {
  let moto: Moto;
  let service: TestService;
  let ids: Map<string, string>;
  beforeAll(async () => {
    moto = await startMoto();
    service = new TestService(moto, 'schedules');
    const { code, output } = await service.run(['deploy']);
    if (code !== 0) throw new Error(`not deployed:\n${output}`);
    ids = await physicalIds(clientsFor(moto, REGION).cloudFormation, STACK);
  }, 120_000);
  afterEach(endWatchers);
  afterEach(endAwsStandIns);
  afterAll(async () => {
    await endFrameworks();
    service.remove();
    await moto.stop();
  });

  const send = (words: string[], environment?: Record<string, string>) =>
    service.run(['watchbot', 'send', ...words], environment);

  it('waits for the outcome, which it reads in CloudWatch Logs', async () => {
    const { sns } = clientsFor(moto, REGION);
    const Endpoint = `arn:aws:sqs:${REGION}:${MOTO_ACCOUNT_ID}:${STACK}-WatchbotQueue`;
    // moto makes no subscription of a template.
    await sns.send(new SubscribeCommand({ TopicArn: ids.get('WatchbotTopic'), Protocol: 'sqs', Endpoint }));
    const logs = new CloudWatchLogsClient({
      endpoint: moto.endpoint,
      region: REGION,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    const stream = {
      logGroupName: logGroupName({ stackName: STACK, region: REGION }, 'watchbot'),
      logStreamName: 'watchbot/watchbot/task-one',
    };
    await logs.send(new CreateLogStreamCommand(stream));
    let putting: Promise<unknown> = Promise.resolve();
    startWatcher({
      endpoint: moto.endpoint,
      queueUrl: ids.get('WatchbotQueue')!,
      command: 'echo "got $Message"; [ "$Message" = good ] || exit 3',
      environment: { AWS_REGION: REGION },
      // As the log driver of ECS does, one after another: those of one millisecond are told in the order of their coming.
      keep: (message) => {
        const logEvents = [{ timestamp: Date.now(), message }];
        putting = putting.then(() => logs.send(new PutLogEventsCommand({ ...stream, logEvents })));
        return true;
      },
    });
    const good = await send(['good', '--wait', '--timeout', '1m']);
    expect(good.output).toMatch(/^Done, at receive 1/m);
    const bad = await send(['bad', '--wait', '--timeout', '1m']);
    expect([bad.code, bad.output]).toEqual([3, expect.stringMatching(/^Rejected/m)]);
    await putting;
    const [, id = ''] = /Sent (\S+) to the topic/.exec(good.output) ?? [];
    const { output } = await service.run(['watchbot', 'logs', '--message', id]);
    expect(output.split('\n').map((line) => line.slice(45).split(' ')[0])).toEqual([
      'received',
      '>',
      '[success]',
    ]);
  }, 90_000);

  it('has EventBridge Scheduler send what is to come later than SQS can wait', async () => {
    const { code, output } = await send(['later', '--delay', '2h', '--json']);
    expect([code, output]).toEqual([0, expect.stringContaining('"schedule"')]);
    const { schedule, at } = JSON.parse(output) as { schedule: string; at: string };
    const scheduler = new SchedulerClient({
      endpoint: moto.endpoint,
      region: REGION,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    expect(await scheduler.send(new GetScheduleCommand({ Name: schedule }))).toMatchObject({
      ScheduleExpression: `at(${at.replace('Z', '')})`,
      ActionAfterCompletion: 'DELETE',
      Target: {
        Arn: `arn:aws:sqs:${REGION}:${MOTO_ACCOUNT_ID}:${STACK}-WatchbotQueue`,
        Input: 'later',
        RoleArn: `arn:aws:iam::${MOTO_ACCOUNT_ID}:role/sweepers/${ids.get('WatchbotScheduleRole')!}`,
      },
    });
    const hours = (Date.parse(at) - Date.now()) / 3_600_000;
    expect([hours > 1.9, hours <= 2]).toEqual([true, true]);
    const refused = await send(['later', '--delay', '2h', '--attribute', 'a=b']);
    expect(refused.output).toContain('neither: EventBridge Scheduler sends a body');
  });

  it('says what is not there, in another region or stage', async () => {
    for (const place of [
      ['--region', 'us-east-2'],
      ['--stage', 'production'],
    ]) {
      const { code, output } = await send(['x', ...place]);
      expect([code, output]).toEqual([
        1,
        expect.stringContaining('WATCHBOT_NOT_DEPLOYED at worker watchbot'),
      ]);
      expect(output).toContain('check --stage, --region and --aws-profile');
    }
  });

  it('names the permission that is missing', async () => {
    const denied = () => {
      throw new AwsFault('AccessDenied');
    };
    const look = await startAwsStandIn({ GetQueueUrl: denied });
    const { output } = await send(['x'], { AWS_ENDPOINT_URL: look.url });
    expect(output).toContain('WATCHBOT_RIGHTS at queue of watchbot');
    expect(output).toContain('permission for sqs:GetQueueUrl and sqs:GetQueueAttributes');
    const sends = await startAwsStandIn({
      GetQueueUrl: () => ({ QueueUrl: 'http://127.0.0.1/0/q' }),
      GetQueueAttributes: () => ({ Attributes: { QueueArn: 'arn:aws:sqs:eu-west-1:000000000000:q' } }),
      SendMessage: denied,
    });
    const sending = await send(['x', '--queue'], { AWS_ENDPOINT_URL: sends.url });
    expect(sending.output).toContain('permission for sqs:SendMessage;');
  });
});
