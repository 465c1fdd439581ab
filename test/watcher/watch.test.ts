import { describe, expect, it } from '@jest/globals';
import { openForCommand } from '../../src/watcher/job/job';
import type { Settlement } from '../../src/watcher/settle/decide';
import type { ReceivedMessage } from '../../src/watcher/queue/queue';
import { createSlots } from '../../src/watcher/worker/workers';
import { Pace } from '../../src/watcher/intake/pace';
import { noRetirement } from '../../src/watcher/task/retirement';
import { watch, type WatchOptions } from '../../src/watcher/watch';
import { createDeferred, type Deferred } from '../helpers/deferred';
import { createFakeClock } from '../helpers/fake-clock';
import { testMessage } from '../helpers/jobs';
import { createTestLog } from '../helpers/test-log';

const DELETE: Settlement = { action: 'delete' };
const FAILED: Settlement = { action: 'return', afterSeconds: 2, isCounted: true };

/** The watcher among parts that the test answers, one by one. `events` is what it did, in order. */
function start({ batchSize = 1, ...more }: Partial<WatchOptions> & { batchSize?: number } = {}) {
  const clock = createFakeClock();
  const [stop, tell, kill, abandon] = Array.from({ length: 4 }, () => new AbortController());
  const events: string[] = [];
  const polls: {
    most: number;
    waitMs: number | undefined;
    answer: Deferred<ReceivedMessage[]>;
    isAnswered: () => boolean;
  }[] = [];
  const jobs = new Map<string, Deferred<Settlement>>();
  const slots = createSlots(more.concurrency ?? 1);
  const stages: string[] = [];
  let isOver = false;
  let isBusy = false;
  const watched = watch({
    poll: (most, waitMs) => {
      const answer = createDeferred<ReceivedMessage[]>();
      let isAnswered = false;
      polls.push({ most, waitMs, answer, isAnswered: () => isAnswered });
      return answer.promise.finally(() => (isAnswered = true));
    },
    open: openForCommand,
    workers: {
      slots,
      batchSize,
      start: (batch) => {
        const ids = batch.map(({ messageId }) => messageId);
        const settled = batch.map(() => createDeferred<Settlement>());
        ids.forEach((id, index) => jobs.set(id, settled[index]!));
        const name = ids.join('+');
        events.push(`start ${name}`);
        return {
          settled: Promise.all(settled.map(({ promise }) => promise)),
          stop: (reason, graceMs) => void events.push(`stop ${name} ${reason} ${graceMs}`),
          abandon: () => void events.push(`abandon ${name}`),
        };
      },
      done: () => {
        slots.release();
      },
      kill: () => void events.push('kill'),
      close: () => Promise.resolve(),
    },
    heartbeat: {
      hold: ({ messageId }) => void events.push(`hold ${messageId}`),
      letGo: ({ messageId }) => {
        events.push(`let go ${messageId}`);
        return Promise.resolve();
      },
    },
    settle: ({ messageId }, { action }) => {
      events.push(`${action} ${messageId}`);
      return Promise.resolve();
    },
    retirement: {
      ...noRetirement,
      busy: () => {
        if (!isBusy) events.push('busy');
        isBusy = true;
        return undefined;
      },
      idle: () => {
        events.push('idle');
        isBusy = false;
      },
    },
    liveness: {
      begin: (stage) => {
        stages.push(stage);
        return () => void stages.push(`no longer ${stage}`);
      },
    },
    pace: new Pace({ concurrency: more.concurrency ?? 1, clock }),
    machine: { isSick: false },
    log: createTestLog(),
    onIdle: () => Promise.resolve(),
    concurrency: 1,
    isFifo: false,
    maxReceives: 10,
    batchWindowMs: 0,
    isFreshContainerPerJob: false,
    course: {
      stopping: stop!.signal,
      telling: tell!.signal,
      killing: kill!.signal,
      abandoning: abandon!.signal,
      msToKill: () => 15_000,
    },
    clock,
    ...more,
  }).then(() => (isOver = true));
  const settled = () => clock.advance(0);
  return {
    clock,
    events,
    polls,
    slots,
    stages,
    stop: stop!,
    tell: tell!,
    kill: kill!,
    abandon: abandon!,
    watched,
    settled,
    isOver: () => isOver,
    asked: () => polls.map(({ most }) => most),
    waits: () => polls.map(({ waitMs }) => waitMs),
    receive: async (...ids: string[]) => {
      await settled();
      polls.at(-1)!.answer.resolve(ids.map((messageId) => testMessage({ messageId })));
      await settled();
    },
    end: async (...ids: string[]) => {
      for (const id of ids) jobs.get(id)!.resolve(DELETE);
      await settled();
    },
    endWith: async (id: string, settlement: Settlement) => {
      jobs.get(id)!.resolve(settlement);
      await settled();
    },
  };
}

describe('a message', () => {
  it('is held, worked on, let go and settled, in this order', async () => {
    const { events, receive, end, endWith } = start();
    await receive('a');
    expect(events).toEqual(['busy', 'hold a', 'start a']);
    await end('a');
    expect(events.slice(3)).toEqual(['let go a', 'delete a', 'idle']);
    await receive('b');
    await endWith('b', FAILED);
    expect(events.slice(6)).toEqual(['busy', 'hold b', 'start b', 'let go b', 'return b', 'idle']);
  });

  it('is settled only when no heartbeat can undo it', async () => {
    const gone = createDeferred();
    const events: string[] = [];
    const { receive, end, settled } = start({
      heartbeat: { hold: () => undefined, letGo: () => gone.promise },
      settle: () => {
        events.push('settled');
        return Promise.resolve();
      },
    });
    await receive('a');
    await end('a');
    expect(events).toEqual([]);
    gone.resolve();
    await settled();
    expect(events).toEqual(['settled']);
  });
});

describe('the loop', () => {
  it.each([
    { concurrency: 1, isFifo: false, most: 1 },
    { concurrency: 4, isFifo: false, most: 4 },
    { concurrency: 10, isFifo: false, most: 10 },
    { concurrency: 25, isFifo: false, most: 10 },
    // A batch may hold several of one group, and they are not to be worked on side by side.
    { concurrency: 4, isFifo: true, most: 1 },
  ])('asks for $most where there are $concurrency slots (FIFO: $isFifo)', async ({ most, ...parts }) => {
    const { asked, settled } = start(parts);
    await settled();
    expect(asked()).toEqual([most]);
  });

  it('asks for as many as there are free slots, and for none while there is none', async () => {
    const { asked, receive, end, events } = start({ concurrency: 3 });
    await receive('a');
    await receive('b', 'c');
    expect(asked()).toEqual([3, 2]);
    await end('a', 'b');
    expect(asked()).toEqual([3, 2, 2]);
    await receive('d');
    expect(asked()).toEqual([3, 2, 2, 1]);
    expect(events.filter((event) => event.startsWith('start'))).toHaveLength(4);
  });

  it('gathers free slots under backlog: a quarter of what a poll can bring, or as many as are free after 50 ms', async () => {
    const { asked, receive, end, clock } = start({ concurrency: 10 });
    await receive('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j');
    await end('a', 'b');
    expect(asked()).toEqual([10]);
    await end('c');
    expect(asked()).toEqual([10, 3]);
    await receive('k', 'l', 'm');
    await end('d');
    await clock.advance(49);
    expect(asked()).toEqual([10, 3]);
    await clock.advance(1);
    expect(asked()).toEqual([10, 3, 1]);
  });

  it('gathers none where the last poll brought less than it asked for', async () => {
    const { asked, receive, end } = start({ concurrency: 4 });
    await receive('a', 'b', 'c');
    await receive();
    expect(asked()).toEqual([4, 1, 1]);
    await receive('d');
    await end('a', 'b');
    await receive('e');
    expect(asked()).toEqual([4, 1, 1, 2, 1]);
    await receive();
    expect(asked()).toEqual([4, 1, 1, 2, 1, 1]);
  });

  it('asks for nothing where a free slot is lost while it gathers', async () => {
    const { asked, receive, end, clock, slots } = start({ concurrency: 5 });
    await receive('a', 'b', 'c', 'd', 'e');
    await end('a');
    // A warm worker that waited has gone.
    slots.take();
    await clock.advance(50);
    expect(asked()).toEqual([5]);
    slots.release();
    await clock.advance(50);
    expect(asked()).toEqual([5, 1]);
  });

  it('stops at once while it gathers', async () => {
    const { stop, receive, end, asked, settled, watched } = start({ concurrency: 5 });
    await receive('a', 'b', 'c', 'd', 'e');
    await end('a');
    stop.abort();
    await settled();
    await end('b', 'c', 'd', 'e');
    await watched;
    expect(asked()).toEqual([5]);
  });

  it('goes on after polls that give nothing', async () => {
    const { asked, receive, events } = start();
    for (let poll = 0; poll < 5; poll += 1) await receive();
    await receive('a');
    expect(asked()).toHaveLength(6);
    expect(events).toContain('start a');
  });

  it('says while it is retired, and polls again when it is not', async () => {
    const back = createDeferred();
    let isRetired = true;
    const retirement = { ...noRetirement, whenAtWork: () => (isRetired ? back.promise : undefined) };
    const { asked, settled, stages } = start({ retirement });
    await settled();
    expect([asked(), stages]).toEqual([[], ['retired']]);
    isRetired = false;
    back.resolve();
    await settled();
    expect([asked(), stages]).toEqual([[1], ['retired', 'no longer retired']]);
  });

  it('takes the next message while the last is still being settled', async () => {
    const { asked, receive, end } = start({ settle: () => new Promise(() => undefined) });
    await receive('a');
    await end('a');
    expect(asked()).toEqual([1, 1]);
  });
});

describe('under a backlog of short jobs', () => {
  const shortJobs = (ahead = 20) => {
    const wrong: string[] = [];
    const pace = {
      begin: () => ({ atMs: 0 }),
      end: () => undefined,
      ahead: () => ahead,
      wasWrong: () => void wrong.push('wrong'),
    };
    return { pace, wrong };
  };
  /** Answers a poll by its number, with messages of that number. */
  const answerWith =
    ({ polls, settled }: ReturnType<typeof start>) =>
    async (poll: number, count: number, attributes: Record<string, string> = {}) => {
      await settled();
      polls[poll]!.answer.resolve(
        Array.from({ length: count }, (_, index) =>
          testMessage({ messageId: `${poll}.${index}`, systemAttributes: attributes }),
        ),
      );
      await settled();
    };
  const started = (events: string[]) =>
    events.filter((event) => event.startsWith('start')).map((event) => event.slice('start '.length));
  const returned = (events: string[]) =>
    events.filter((event) => event.startsWith('return')).map((event) => event.slice('return '.length));

  it('asks for twice as much with each full poll, while the only slot is busy', async () => {
    const watched = start({ ...shortJobs() });
    const answer = answerWith(watched);
    await answer(0, 1);
    await answer(1, 1);
    const { asked, waits, end, events } = watched;
    expect([asked(), waits()]).toEqual([
      [1, 1],
      [Infinity, 1_000],
    ]);
    await end('0.0');
    expect(started(events)).toEqual(['0.0', '1.0']);
    await answer(2, 2);
    await end('1.0');
    await end('2.0');
    await answer(3, 4);
    expect(asked()).toEqual([1, 1, 2, 4]);
  });

  /** Answers each poll with all that it asks for, and ends each job that has begun, `rounds` times. */
  const churn = async (watched: ReturnType<typeof start>, rounds: number) => {
    const answer = answerWith(watched);
    for (let round = 0; round < rounds; round += 1) {
      const ended = started(watched.events).filter((id) => !watched.events.includes(`delete ${id}`));
      await watched.end(...ended);
      for (const [poll, { most, isAnswered }] of watched.polls.entries())
        if (!isAnswered()) await answer(poll, most);
    }
  };

  it('asks again, for ten each time, as soon as ten more may be held: also while other polls are under way', async () => {
    const watched = start({ concurrency: 2, ...shortJobs(35) });
    await churn(watched, 12);
    const { polls, end, events, slots } = watched;
    const before = polls.length;
    const running = started(events).slice(-2);
    expect([slots.free, polls.filter(({ isAnswered }) => !isAnswered())]).toEqual([0, []]);
    // As many as may be held are held, but for less than ten.
    const held = events.filter((event) => event.startsWith('hold')).length - started(events).length;
    expect(held).toBeGreaterThan(25);
    for (let job = 0; job < 22; job += 1) {
      await end(...running);
      running.splice(0, 2, ...started(events).slice(-2));
    }
    expect(polls.slice(before).map(({ most, waitMs }) => [most, waitMs])).toEqual([
      [10, 1_000],
      [10, 1_000],
      [10, 1_000],
    ]);
  });

  it('begins a message at once for which a slot is free', async () => {
    const watched = start({ concurrency: 3, ...shortJobs() });
    await answerWith(watched)(0, 2);
    expect(started(watched.events)).toEqual(['0.0', '0.1']);
  });

  it('asks for no more than slots are free once a poll was in vain, and waits in one poll', async () => {
    const watched = start({ concurrency: 2, ...shortJobs() });
    const answer = answerWith(watched);
    await answer(0, 2);
    await answer(1, 0);
    const { asked, waits, end } = watched;
    expect(asked()).toEqual([2, 1]);
    await end('0.0');
    await end('0.1');
    expect([asked(), waits()]).toEqual([
      [2, 1, 1],
      [Infinity, 1_000, Infinity],
    ]);
  });

  it('begins first what was received before', async () => {
    const watched = start(shortJobs());
    const answer = answerWith(watched);
    await answer(0, 1);
    await answer(1, 1);
    await watched.end('0.0');
    await answer(2, 2);
    await watched.end('1.0');
    await watched.end('2.0');
    await answer(3, 4, { ApproximateReceiveCount: '2' });
    await watched.end('2.1');
    await watched.end('3.0');
    expect(started(watched.events).slice(-3)).toEqual(['2.1', '3.0', '3.1']);
  });

  it.each([
    { receives: 5, asked: [1, 1, 2] },
    { receives: 6, asked: [1, 1] },
  ])(
    'asks for no more once a message has come that has $receives of its 10 receives behind it: $asked',
    async ({ receives, asked }) => {
      const watched = start({ ...shortJobs(), maxReceives: 10 });
      const answer = answerWith(watched);
      await answer(0, 1);
      await answer(1, 1, { ApproximateReceiveCount: String(receives) });
      await watched.end('0.0');
      expect([started(watched.events), watched.asked()]).toEqual([['0.0', '1.0'], asked]);
    },
  );

  it('gives back at once what is held, when the task is told to stop', async () => {
    const watched = start(shortJobs());
    const answer = answerWith(watched);
    await answer(0, 1);
    await answer(1, 1);
    watched.stop.abort();
    await watched.settled();
    expect(returned(watched.events)).toEqual(['1.0']);
    await watched.end('0.0');
    await watched.watched;
    expect(started(watched.events)).toEqual(['0.0']);
  });

  it('waits for all its polls when it is told to stop, and gives back what they bring', async () => {
    const watched = start({ concurrency: 2, ...shortJobs(35) });
    await churn(watched, 12);
    const { polls, events, end } = watched;
    const before = polls.length;
    for (let job = 0; job < 22; job += 1) await end(...started(events).slice(-2));
    watched.stop.abort();
    await end(...started(events).slice(-2));
    for (let poll = before; poll < before + 3; poll += 1) {
      expect(watched.isOver()).toBe(false);
      await answerWith(watched)(poll, 1);
    }
    await watched.watched;
    expect(returned(events).slice(-3)).toEqual([before, before + 1, before + 2].map((poll) => `${poll}.0`));
  });

  it('gives back what is held when the task retires, but for what a slot is free for', async () => {
    const back = createDeferred();
    const retirement = { ...noRetirement, isRetired: false, whenAtWork: () => back.promise };
    const atWork = { ...retirement, whenAtWork: () => (atWork.isRetired ? back.promise : undefined) };
    const watched = start({ ...shortJobs(), retirement: atWork });
    const answer = answerWith(watched);
    await answer(0, 1);
    await answer(1, 1);
    await watched.end('0.0');
    await answer(2, 2);
    atWork.isRetired = true;
    await watched.end('1.0');
    expect([started(watched.events), returned(watched.events)]).toEqual([['0.0', '1.0', '2.0'], ['2.1']]);
    expect(watched.asked()).toHaveLength(3);
  });

  it('gives back what has waited for a second, and trusts the jobs no more', async () => {
    const { pace, wrong } = shortJobs();
    const log = createTestLog();
    const watched = start({ pace, log });
    const answer = answerWith(watched);
    await answer(0, 1);
    await watched.clock.advance(300);
    await answer(1, 1);
    await watched.clock.advance(999);
    expect(returned(watched.events)).toEqual([]);
    await watched.clock.advance(1);
    expect([returned(watched.events), wrong, log.lines]).toEqual([
      ['1.0'],
      ['wrong'],
      ['info no worker was free in time: 1 message goes back'],
    ]);
    await watched.end('0.0');
  });

  it.each<[string, Partial<WatchOptions>]>([
    ['no worker can be started', { machine: { isSick: true } }],
    ['a message has one receive only', { maxReceives: 1 }],
    ['a message of a FIFO queue has two, since none can be sent anew', { maxReceives: 2, isFifo: true }],
    ['batches gather in a window', { batchWindowMs: 1_000 }],
    ['jobs are long', shortJobs(0)],
  ])('asks for nothing while the slots are busy, if %s', async (_, more) => {
    const watched = start({ ...shortJobs(), ...more });
    await answerWith(watched)(0, 1);
    expect(watched.asked()).toEqual([1]);
    await watched.end('0.0');
    expect(watched.waits()).toEqual([Infinity, Infinity]);
  });

  it('works on several groups of a FIFO queue: the slot goes on while the last message is deleted', async () => {
    const settling = createDeferred();
    const watched = start({ isFifo: true, ...shortJobs(), settle: () => settling.promise });
    const answer = answerWith(watched);
    await answer(0, 1);
    await answer(1, 1);
    await watched.end('0.0');
    expect([started(watched.events), watched.asked()]).toEqual([
      ['0.0', '1.0'],
      [1, 1, 1, 1],
    ]);
    settling.resolve();
  });

  it('never works on messages side by side that one poll of a FIFO queue brought', async () => {
    const watched = start({ isFifo: true, batchSize: 3, concurrency: 2, ...shortJobs() });
    const answer = answerWith(watched);
    await answer(0, 3);
    await answer(1, 3);
    await answer(2, 3);
    await watched.end('0.0', '0.1', '0.2');
    expect(started(watched.events)).toEqual(['0.0+0.1+0.2', '1.0+1.1+1.2', '2.0+2.1+2.2']);
  });
});

describe('a FIFO queue', () => {
  it.each([1, 3])(
    'is asked by a slot only when its last message is settled: %d slots',
    async (concurrency) => {
      const settling = createDeferred();
      const { asked, receive, end, settled } = start({
        isFifo: true,
        concurrency,
        settle: () => settling.promise,
      });
      for (let slot = 0; slot < concurrency; slot += 1) await receive(`m${slot}`);
      await end('m0');
      expect(asked()).toHaveLength(concurrency);
      settling.resolve();
      await settled();
      expect(asked()).toHaveLength(concurrency + 1);
    },
  );

  it('so deletes or returns before it asks again', async () => {
    const { events, polls, receive, end, endWith } = start({ isFifo: true });
    await receive('a');
    await end('a');
    expect([events.at(-2), polls.length]).toEqual(['delete a', 2]);
    await receive('b');
    await endWith('b', FAILED);
    expect([events.at(-2), polls.length]).toEqual(['return b', 3]);
  });
});

describe('told to stop', () => {
  it('gives back what still arrives, and never starts it', async () => {
    const { events, stop, receive, watched, settled } = start({ concurrency: 5 });
    await settled();
    stop.abort();
    await receive('late', 'later');
    await watched;
    expect(events.filter((event) => event.startsWith('start'))).toEqual([]);
    expect(events.filter((event) => event.startsWith('return'))).toEqual(['return late', 'return later']);
  });

  it('lets each worker work on until its notice, and ends only when all in hand is settled', async () => {
    const settling = createDeferred();
    const { stop, tell, events, receive, end, endWith, isOver, asked, watched, settled } = start({
      concurrency: 3,
      settle: () => settling.promise,
    });
    await receive('a', 'b');
    stop.abort();
    await receive();
    expect(events).not.toContainEqual(expect.stringMatching(/^stop/));
    tell.abort();
    expect(events.slice(-2)).toEqual(['stop a shutdown 15000', 'stop b shutdown 15000']);
    expect(asked()).toEqual([3, 1]);
    await end('a');
    expect(isOver()).toBe(false);
    await endWith('b', FAILED);
    expect(isOver()).toBe(false);
    settling.resolve();
    await settled();
    expect(isOver()).toBe(true);
    await watched;
  });

  it('tells none that has ended by then', async () => {
    const { stop, tell, events, receive, end } = start({ concurrency: 2 });
    await receive('a', 'b');
    stop.abort();
    await end('a');
    tell.abort();
    expect(events.filter((event) => event.startsWith('stop'))).toEqual(['stop b shutdown 15000']);
  });

  it('kills all that run, whatever they were told before, and then waits for them no longer', async () => {
    const { stop, tell, kill, abandon, events, receive } = start();
    await receive('a');
    for (const signal of [stop, tell, kill, abandon]) signal.abort();
    expect(events.slice(-3)).toEqual(['stop a shutdown 15000', 'kill', 'abandon a']);
  });

  it('begins no further poll, not even when a slot becomes free', async () => {
    const { stop, receive, end, watched, asked } = start();
    await receive('a');
    stop.abort();
    await end('a');
    await watched;
    expect(asked()).toEqual([1]);
  });

  it('ends at once where nothing is in hand', async () => {
    const { stop, receive, watched, asked } = start();
    await receive();
    stop.abort();
    await receive();
    await watched;
    expect(asked()).toEqual([1, 1]);
  });

  it('starts nothing that waited for folders to be emptied, and waits for them no longer', async () => {
    const { stop, events, receive, end, watched } = start({
      concurrency: 2,
      onIdle: () => new Promise(() => undefined),
    });
    await receive('a');
    await end('a');
    await receive('b');
    stop.abort();
    await receive();
    await watched;
    expect(events).not.toContain('start b');
    expect(events).toContain('return b');
  });
});

describe('a batch', () => {
  it.each([
    { concurrency: 1, batchSize: 3, isFifo: false, most: 3 },
    { concurrency: 2, batchSize: 3, isFifo: false, most: 6 },
    { concurrency: 5, batchSize: 10, isFifo: false, most: 10 },
    // One worker has all of a poll, whatever its groups are.
    { concurrency: 5, batchSize: 10, isFifo: true, most: 10 },
    { concurrency: 5, batchSize: 2, isFifo: true, most: 2 },
  ])('$batchSize for $concurrency workers: $most asked for (FIFO: $isFifo)', async ({ most, ...parts }) => {
    const { asked, settled } = start(parts);
    await settled();
    expect(asked()).toEqual([most]);
  });

  it('goes to one worker, and takes one slot', async () => {
    const { asked, receive, events, end } = start({ concurrency: 2, batchSize: 3 });
    await receive('a', 'b', 'c', 'd');
    expect(events).toEqual(['busy', 'hold a', 'hold b', 'hold c', 'hold d', 'start a+b+c', 'start d']);
    await end('d');
    expect(asked()).toEqual([6, 3]);
  });

  it('is settled message by message', async () => {
    const { receive, events, end, endWith } = start({ batchSize: 2 });
    await receive('a', 'b');
    await endWith('a', FAILED);
    expect(events).toHaveLength(4);
    await end('b');
    expect(events.slice(4).sort()).toEqual(['delete b', 'idle', 'let go a', 'let go b', 'return a']);
  });

  it('waits in its window until it is full, and is held meanwhile', async () => {
    const { receive, events, asked, waits, clock } = start({ batchSize: 3, batchWindowMs: 5_000 });
    await receive();
    await receive('a');
    await clock.advance(1_000);
    await receive('b');
    expect(events).toEqual(['busy', 'hold a', 'hold b']);
    await receive('c');
    expect(events.at(-1)).toBe('start a+b+c');
    expect(asked()).toEqual([3, 3, 2, 1]);
    expect(waits()).toEqual([Infinity, Infinity, 5_000, 4_000]);
  });

  it('goes as it is when its window is over', async () => {
    const { receive, events, clock } = start({ batchSize: 3, batchWindowMs: 5_000 });
    await receive('a');
    await clock.advance(5_000);
    await receive();
    expect(events.at(-1)).toBe('start a');
  });

  it('goes back when the task is to end in its window', async () => {
    const { receive, events, stop, watched } = start({ batchSize: 3, batchWindowMs: 5_000 });
    await receive('a');
    stop.abort();
    await receive();
    await watched;
    expect(events.filter((event) => /start|return/.test(event))).toEqual(['return a']);
  });
});

describe('a batch for which no worker is left', () => {
  it('goes back a second after its window, and the slot is asked for again when it is free', async () => {
    const { receive, events, slots, clock, asked } = start({ batchSize: 3, batchWindowMs: 5_000 });
    await receive('a');
    // A warm worker that waited has gone.
    slots.take();
    await clock.advance(5_000);
    await receive();
    await clock.advance(999);
    expect(events).not.toContain('return a');
    await clock.advance(1);
    expect(events.at(-1)).toBe('return a');
    slots.release();
    await clock.advance(0);
    expect([events.filter((event) => event.startsWith('start')), asked()]).toEqual([[], [3, 2, 3]]);
  });
});

describe('workers that are not ready', () => {
  it('are asked for nothing, and no message either; the task can end all the same', async () => {
    const workers: WatchOptions['workers'] = {
      slots: createSlots(1, 1),
      batchSize: 1,
      start: () => {
        throw new Error('no worker is ready');
      },
      done: () => undefined,
      kill: () => undefined,
      close: () => Promise.resolve(),
    };
    const { asked, settled, stop, watched } = start({ workers });
    await settled();
    expect(asked()).toEqual([]);
    stop.abort();
    await watched;
    expect(asked()).toEqual([]);
  });
});

describe('a container for one job', () => {
  it('ends after it', async () => {
    const { receive, end, isOver, asked, watched } = start({ isFreshContainerPerJob: true });
    await receive();
    await receive('a');
    expect(asked()).toEqual([1, 1]);
    expect(isOver()).toBe(false);
    await end('a');
    await watched;
    expect(asked()).toHaveLength(2);
  });

  // Else ECS starts one task after the other, each of which receives the message once more.
  it('stays if the job goes back before it has begun', async () => {
    const retirement = { ...noRetirement, givesBack: true };
    const { receive, end, asked, events, watched, isOver } = start({
      isFreshContainerPerJob: true,
      retirement,
    });
    await receive('a');
    expect([isOver(), asked().length, events.at(-1)]).toEqual([false, 2, 'return a']);
    retirement.givesBack = false;
    await receive('b');
    await end('b');
    await watched;
    expect(asked()).toHaveLength(2);
  });
});

describe('a job that goes back before it has begun', () => {
  it.each([1, 2])(
    'leaves its slot to the next, also where warm workers free them, with %d',
    async (concurrency) => {
      const slots = createSlots(concurrency);
      const retirement = { ...noRetirement, givesBack: true };
      const workers: WatchOptions['workers'] = {
        slots,
        batchSize: 1,
        start: () => ({
          settled: new Promise(() => undefined),
          stop: () => undefined,
          abandon: () => undefined,
        }),
        done: () => undefined,
        kill: () => undefined,
        close: () => Promise.resolve(),
      };
      const { receive, asked, stop, settled } = start({ workers, retirement, concurrency });
      await receive('a');
      expect([slots.free, asked().length]).toEqual([concurrency, 2]);
      stop.abort();
      await settled();
    },
  );
});

describe('folders', () => {
  function startWithFolders(concurrency: number) {
    const emptyings: Deferred<void>[] = [];
    const onIdle = () => {
      const emptying = createDeferred();
      emptyings.push(emptying);
      return emptying.promise;
    };
    return { emptyings, ...start({ concurrency, onIdle }) };
  }

  it('are emptied after each job, before the next may start', async () => {
    const { emptyings, events, asked, receive, end, settled } = startWithFolders(1);
    await receive('a');
    expect(emptyings).toHaveLength(0);
    await end('a');
    expect(emptyings).toHaveLength(1);
    expect(asked()).toEqual([1]);
    expect(events).not.toContain('idle');
    emptyings[0]!.resolve();
    await settled();
    expect(asked()).toEqual([1, 1]);
    await receive('b');
    expect(events).toContain('start b');
  });

  it('are being emptied while a message arrives in another slot: its worker waits', async () => {
    const { emptyings, events, receive, end, settled } = startWithFolders(2);
    await receive('a');
    await end('a');
    await receive('b');
    expect(events).toContain('hold b');
    expect(events).not.toContain('start b');
    emptyings[0]!.resolve();
    await settled();
    expect(events).toContain('start b');
  });

  it('are left alone while any worker runs', async () => {
    const { emptyings, receive, end } = startWithFolders(3);
    await receive('a', 'b');
    await end('a');
    await receive('c');
    await end('b');
    expect(emptyings).toHaveLength(0);
    await end('c');
    expect(emptyings).toHaveLength(1);
  });

  it('are emptied, once, where the last workers end at the same time', async () => {
    const { emptyings, receive, end } = startWithFolders(3);
    await receive('a', 'b', 'c');
    await end('a', 'b', 'c');
    expect(emptyings).toHaveLength(1);
  });
});

describe('protection', () => {
  it('is asked for with the first worker, and given up with the last', async () => {
    const { events, receive, end } = start({ concurrency: 3 });
    await receive('a', 'b');
    await end('a');
    await receive('c');
    await end('b', 'c');
    expect(events.filter((event) => ['busy', 'idle'].includes(event))).toEqual(['busy', 'idle']);
  });

  const answered = () => {
    const answer = createDeferred();
    return {
      answer,
      retirement: { ...noRetirement, busy: () => answer.promise },
    };
  };

  it('is waited for by what comes after a pause, until ECS has answered', async () => {
    const { answer, retirement } = answered();
    const { events, receive, clock, end } = start({ concurrency: 2, retirement });
    await receive('a', 'b');
    expect(events.filter((event) => event.startsWith('start'))).toEqual([]);
    answer.resolve();
    await clock.advance(0);
    expect(events.filter((event) => event.startsWith('start'))).toEqual(['start a', 'start b']);
    await end('a', 'b');
  });

  it('is answered too late where the task is told to stop meanwhile: nothing is begun', async () => {
    const { answer, retirement } = answered();
    const { events, receive, clock, stop } = start({ retirement });
    await receive('a');
    stop.abort();
    answer.resolve();
    await clock.advance(0);
    expect(events.slice(-2)).toEqual(['let go a', 'return a']);
  });
});
