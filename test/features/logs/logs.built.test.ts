import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  formatPlain,
  LogLevel,
  LogSource,
  outcomeFields,
  outcomeText,
  receivedText,
} from '../../../src/contract/log-lines';
import { formatByWriter } from '../../helpers/structured';
import { AwsFault, endAwsStandIns, startAwsStandIn } from '../../helpers/aws-stand-in';
import {
  copyService,
  endFrameworks,
  removeServices,
  runFramework,
  startFramework,
} from '../../helpers/framework';
import { type Moto, startMoto } from '../../helpers/moto';
import { describeWithPython } from '../../helpers/python';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
const GROUP = 'fates-dev-us-east-1-watchbot';
const TOPIC_ID = '0badcafe-0000-4000-8000-000000000001';
const QUEUE_ID = '1badcafe-0000-4000-8000-000000000002';
const COPY_ID = '2badcafe-0000-4000-8000-000000000003';
const OTHER_ID = '3badcafe-0000-4000-8000-000000000004';

let folder: string;
beforeAll(() => {
  folder = copyService('fates');
});
afterEach(endFrameworks);
afterEach(endAwsStandIns);
afterAll(removeServices);

const start = (endpoint: string, words: string[], environment: Record<string, string> = {}) =>
  startFramework('osls', ['watchbot', 'logs', ...words], {
    folder,
    environment: { AWS_ENDPOINT_URL: endpoint, ...CREDENTIALS, ...environment },
  });

/** The same to its end, in a process that others use too. */
const logsOf = (endpoint: string, words: string[]) =>
  runFramework('osls', ['watchbot', 'logs', ...words], {
    folder,
    environment: { AWS_ENDPOINT_URL: endpoint, ...CREDENTIALS },
  });

type Line = [agoMs: number, task: string, line: string];
const NOW = Date.now();

function outcome(result: 'success' | 'failure' | 'noop', receives: number) {
  const ended = {
    result,
    durationMs: 5,
    responseDurationMs: 9,
    receives,
    code: 1,
    signal: null,
    reason: 'because',
  };
  return { text: outcomeText(ended), fields: outcomeFields(ended) };
}

/** What watchers write: one job of two tasks that is sent anew, another that says its id, and lines of no job. */
function linesOf(isStructured: boolean): Line[] {
  const format = isStructured ? formatByWriter : formatPlain;
  const by =
    (source: LogSource) =>
    (text: string, messageId?: string, more: { level?: LogLevel; fields?: Record<string, unknown> } = {}) =>
      format({ time: new Date(NOW), source, text, messageId, level: LogLevel.info, ...more });
  const watcher = by(LogSource.watcher);
  const worker = by(LogSource.worker);
  const ended = (result: 'success' | 'failure' | 'noop', receives: number, id: string) => {
    const { text, fields } = outcome(result, receives);
    return watcher(text, id, { fields, level: result === 'failure' ? LogLevel.error : LogLevel.info });
  };
  return [
    [9_000, 'task-one', watcher('watching')],
    [8_000, 'task-one', watcher(receivedText({ receives: 1, topicMessageId: TOPIC_ID }), QUEUE_ID)],
    [7_900, 'task-one', worker('first \\u001b[31mtry', QUEUE_ID)],
    [7_800, 'task-one', ended('failure', 1, QUEUE_ID)],
    [7_000, 'task-two', watcher(receivedText({ receives: 2, topicMessageId: TOPIC_ID }), QUEUE_ID)],
    [6_900, 'task-two', ended('noop', 2, QUEUE_ID)],
    [6_800, 'task-two', watcher(`sent anew as ${COPY_ID}, since its receives are used up`, QUEUE_ID)],
    [6_700, 'task-one', watcher(receivedText({ receives: 1, topicMessageId: TOPIC_ID }), COPY_ID)],
    [6_600, 'task-one', worker('second try', COPY_ID)],
    [6_500, 'task-one', ended('success', 1, COPY_ID)],
    [6_400, 'task-one', watcher(receivedText({ receives: 1, topicMessageId: undefined }), OTHER_ID)],
    [6_300, 'task-one', worker(`I know ${QUEUE_ID}`, OTHER_ID)],
    [
      6_000,
      'task-two',
      watcher('cannot receive: it is dark; trying on', undefined, { level: LogLevel.error }),
    ],
    [5_000, 'task-two', `node broke \u001b[2J\u0085`],
  ];
}

describeWithPython('logs, in the CloudWatch Logs of moto', () => {
  let moto: Moto;
  let client: CloudWatchLogsClient;
  beforeAll(async () => {
    moto = await startMoto();
    client = new CloudWatchLogsClient({
      endpoint: moto.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
  });
  afterAll(() => moto.stop());

  const streamOf = (task: string) => `watchbot/watchbot/${task}`;
  const put = (lines: readonly Line[]) =>
    Promise.all(
      ['task-one', 'task-two'].map(async (task) => {
        const logEvents = lines
          .filter(([, of]) => of === task)
          .map(([agoMs, , message]) => ({ timestamp: NOW - agoMs, message }));
        if (logEvents.length === 0) return;
        await client.send(
          new PutLogEventsCommand({ logGroupName: GROUP, logStreamName: streamOf(task), logEvents }),
        );
      }),
    );
  const logs = (...words: string[]) => logsOf(moto.endpoint, words);
  const textsOf = (output: string) =>
    output.split('\n').map((line) => line.replace(/^.{23} {2}.{8} {2}.{8} {2}/, ''));

  it('says that nothing is deployed', async () => {
    const { code, output } = await logs();
    expect(code).toBe(1);
    expect(output).toContain(`WATCHBOT_NOT_DEPLOYED at log group ${GROUP}`);
  });

  describe.each([
    { format: 'plain', isStructured: false },
    { format: 'structured', isStructured: true },
  ])('$format', ({ isStructured }) => {
    const lines = linesOf(isStructured);
    beforeAll(async () => {
      await fetch(`${moto.endpoint}/moto-api/reset`, { method: 'POST' });
      await client.send(new CreateLogGroupCommand({ logGroupName: GROUP }));
      for (const task of ['task-one', 'task-two']) {
        const stream = { logGroupName: GROUP, logStreamName: streamOf(task) };
        await client.send(new CreateLogStreamCommand(stream));
      }
      await put(lines);
    });

    it('shows all lines in order, for people, and drives no terminal', async () => {
      const { code, output } = await logs();
      expect(code).toBe(0);
      const shown = output.split('\n');
      expect(shown).toHaveLength(lines.length);
      expect(shown[1]).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} {2}task-one {2}1badcafe {2}received/);
      expect(textsOf(output)[2]).toBe('> first \\u001b[31mtry');
      expect(textsOf(output).at(-1)).toBe('node broke \\u001b[2J\\u0085');
      // eslint-disable-next-line no-control-regex -- there is to be none
      expect(output).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f]/);
    });

    it.each([TOPIC_ID, QUEUE_ID, '1badcafe'])('shows one job over all tasks: %s', async (id) => {
      const { output } = await logs('--message', id);
      const texts = textsOf(output);
      expect(texts.map((text) => text.split(' ').slice(0, 2).join(' '))).toEqual([
        'received (receive',
        '> first',
        '[failure] after',
        'received (receive',
        '[noop] after',
        'sent anew',
        'received (receive',
        '> second',
        '[success] after',
      ]);
    });

    it('shows failures and errors only', async () => {
      const { output } = await logs('--errors');
      expect(textsOf(output).map((text) => text.slice(0, 14))).toEqual([
        '[failure] afte',
        'cannot receive',
        'node broke \\u0',
      ]);
    });

    it('shows lines with a text, and of a time', async () => {
      expect(textsOf((await logs('--filter', 'second')).output)).toEqual(['> second try']);
      const since = new Date(NOW - 6_350).toISOString();
      const until = new Date(NOW - 5_500).toISOString();
      expect(textsOf((await logs('--since', since, '--until', until)).output)).toEqual([
        `> I know ${QUEUE_ID}`,
        'cannot receive: it is dark; trying on',
      ]);
    });

    it('gives each line as JSON, as it was written', async () => {
      const { output } = await logs('--json');
      const objects = output.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(objects.map(({ line }) => line)).toEqual(lines.map(([, , line]) => line));
      expect(objects[1]).toMatchObject({ task: 'task-one', messageId: QUEUE_ID, source: 'watcher' });
    });
  });

  it('follows, and ends at Ctrl-C', async () => {
    const run = start(moto.endpoint, ['--tail', '--filter', 'live']);
    await put([[4_000, 'task-one', 'live 1']]);
    await run.find('live 1');
    // Older than what has been shown.
    await put([[4_500, 'task-two', 'live 2']]);
    await run.find('live 2');
    run.process.kill('SIGINT');
    const { code, output } = await run.ended;
    expect([code, output.match(/live \d/g)]).toEqual([0, ['live 1', 'live 2']]);
  });

  it('says that no message has such an id', async () => {
    const { code, output } = await logs('--message', 'ffff');
    expect([code, output]).toEqual([
      1,
      expect.stringContaining('ffff, with which no id in this time begins'),
    ]);
  });
});

describe('logs, when CloudWatch Logs is difficult', () => {
  interface Event {
    eventId: string;
    timestamp: number;
    message: string;
  }
  const eventAt = (agoMs: number, name: string): Event => ({
    eventId: name,
    timestamp: Date.now() - agoMs,
    message: name,
  });
  const page = (events: readonly Event[], nextToken?: string) => ({
    events: events.map((event) => ({ ...event, logStreamName: 'p/c/task' })),
    nextToken,
  });
  const namesIn = (output: string) => output.match(/\b[a-z]+-\d+$/gm) ?? [];

  it('shows each event of all pages once: empty pages, equal times, one on two pages', async () => {
    const timestamp = Date.now() - 5_000;
    const same = Array.from({ length: 6 }, (_, n) => ({
      eventId: `e-${n}`,
      timestamp,
      message: `same-${n}`,
    }));
    const pages: Record<string, object> = {
      first: page(same.slice(0, 3), 'empty'),
      empty: page([], 'last'),
      last: page(same.slice(2)),
    };
    const server = await startAwsStandIn({
      FilterLogEvents: ({ nextToken = 'first' }) => pages[nextToken as string]!,
    });
    const { output } = await logsOf(server.url, []);
    expect(namesIn(output)).toEqual(same.map(({ message }) => message));
  });

  it('follows over looks that overlap, with a line that comes late and throttling, each line once', async () => {
    const visible: Event[] = [eventAt(30_000, 'early-1'), eventAt(1_000, 'early-2')];
    let looks = 0;
    const server = await startAwsStandIn({
      FilterLogEvents: ({ startTime }) => {
        looks += 1;
        if (looks === 2) visible.push(eventAt(60_000, 'late-3'), eventAt(0, 'new-4'));
        if (looks > 2 && looks < 8) throw new AwsFault('ThrottlingException');
        if (looks === 8) visible.push(eventAt(0, 'new-5'));
        return page(visible.filter(({ timestamp }) => timestamp >= Number(startTime)));
      },
    });
    const run = start(server.url, ['--tail']);
    await run.find('new-5', 30_000);
    const seenAt = looks;
    while (looks < seenAt + 2) await new Promise((resolve) => setTimeout(resolve, 50));
    run.process.kill('SIGTERM');
    const { code, output } = await run.ended;
    expect(output).toContain('CloudWatch Logs asks to wait (ThrottlingException); trying on');
    expect([code, namesIn(output)]).toEqual([0, ['early-1', 'early-2', 'late-3', 'new-4', 'new-5']]);
  }, 60_000);

  it('names the permission that is missing', async () => {
    const server = await startAwsStandIn({
      FilterLogEvents: () => {
        throw new AwsFault('AccessDeniedException');
      },
    });
    const { code, output } = await logsOf(server.url, []);
    expect(code).toBe(1);
    expect(output).toContain(`WATCHBOT_RIGHTS at log group ${GROUP}`);
    expect(output).toContain('permission for logs:FilterLogEvents');
  });

  it('says that AWS is not reached', async () => {
    const { code, output } = await logsOf('http://127.0.0.1:1', []);
    expect([code, output]).toEqual([
      1,
      expect.stringContaining(`WATCHBOT_UNREACHABLE at log group ${GROUP}`),
    ]);
    expect(output).toContain('see that there is a region us-east-1');
  });

  it('has no colours if it is piped, and none of a worker', async () => {
    const server = await startAwsStandIn({ FilterLogEvents: () => page([eventAt(0, 'x-1')]) });
    const { output } = await start(server.url, [], { FORCE_COLOR: '1' }).ended;
    // eslint-disable-next-line no-control-regex -- there is to be none
    expect(output).not.toMatch(/\x1b/);
  });
});

it.each([
  { words: ['--tail', '--until', '1h'], says: 'WATCHBOT_ARGUMENTS at --until\n  given:   with --tail' },
  { words: ['--since', 'yesterday'], says: 'WATCHBOT_ARGUMENTS at --since\n  given:   yesterday' },
  { words: ['--since', '1h', '--until', '2h'], says: 'a time before --since' },
  { words: ['--message', 'xyz'], says: 'WATCHBOT_ARGUMENTS at --message' },
  { words: ['--pattern', 'x', '--local'], says: 'WATCHBOT_ARGUMENTS at --pattern\n  given:   with --local' },
  { words: ['--local'], says: 'WATCHBOT_LOCAL_NOT_RUNNING at --local' },
])('$words says what is wrong', async ({ words, says }) => {
  const { code, output } = await runFramework('osls', ['watchbot', 'logs', ...words], { folder });
  expect([code, output]).toEqual([1, expect.stringContaining(says)]);
});
