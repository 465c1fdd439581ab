import { afterEach, describe, expect, it } from '@jest/globals';
import type { ServerResponse } from 'node:http';
import {
  agentProtection,
  protectionMinutes,
  ProtectionRefusal,
  TaskProtection,
  type PutProtection,
} from '../../../src/watcher/task/protection';
import { createDeferred, type Deferred } from '../../helpers/deferred';
import { createFakeClock } from '../../helpers/fake-clock';
import { startTestServer, type TestServer } from '../../helpers/http-server';
import { createTestLog } from '../../helpers/test-log';

const ON = { ProtectionEnabled: true, ExpiresInMinutes: 30 };
const OFF = { ProtectionEnabled: false };

function start(put: PutProtection = () => Promise.resolve()) {
  const clock = createFakeClock();
  const log = createTestLog();
  const calls: unknown[] = [];
  const protection = new TaskProtection({
    clock,
    log,
    maxJobDurationSeconds: 60,
    put: (body) => {
      calls.push(body);
      return put(body);
    },
  });
  return { clock, log, calls, protection };
}

const SECOND = 1000;
const MINUTE = 60_000;

describe('protection from scale-in', () => {
  it('is on from when the task is first busy', async () => {
    const { clock, calls, protection } = start();
    await clock.advance(MINUTE);
    expect(calls).toEqual([]);
    void protection.busy();
    await clock.advance(0);
    expect(calls).toEqual([ON]);
  });

  it('is off 10 s after the last job, once', async () => {
    const { clock, calls, protection } = start();
    void protection.busy();
    await clock.advance(MINUTE);
    protection.idle();
    await clock.advance(9_999);
    expect(calls).toEqual([ON]);
    await clock.advance(1);
    expect(calls).toEqual([ON, OFF]);
    await clock.advance(60 * MINUTE);
    expect(calls).toEqual([ON, OFF]);
  });

  it('stays on over short gaps, without a further call', async () => {
    const { clock, calls, protection } = start();
    for (let job = 0; job < 20; job += 1) {
      void protection.busy();
      await clock.advance(5 * SECOND);
      protection.idle();
      await clock.advance(9 * SECOND);
    }
    await clock.advance(SECOND);
    expect(calls).toEqual([ON, OFF]);
  });

  it('comes on again after a long gap', async () => {
    const { clock, calls, protection } = start();
    for (let job = 0; job < 2; job += 1) {
      void protection.busy();
      protection.idle();
      await clock.advance(MINUTE);
    }
    expect(calls).toEqual([ON, OFF, ON, OFF]);
  });

  it('is renewed by the first message after half of its time, and never while a job runs', async () => {
    const { clock, calls, protection } = start();
    void protection.busy();
    await clock.advance(15 * MINUTE - 1);
    expect(protection.busy()).toBeUndefined();
    await clock.advance(60 * MINUTE);
    expect(calls).toEqual([ON]);
    await protection.busy();
    expect(protection.busy()).toBeUndefined();
    expect(calls).toEqual([ON, ON]);
  });

  it('is off at once where it is released, once', async () => {
    const { clock, calls, protection } = start();
    protection.release();
    void protection.busy();
    protection.release();
    protection.release();
    await clock.advance(60 * MINUTE);
    expect(calls).toEqual([ON, OFF]);
    expect([protection.isOn, protection.mayBeHeld]).toEqual([false, false]);
  });

  it.each([
    { answer: 'an answer', error: undefined, isBlocked: false, mayBeHeld: true },
    {
      answer: 'a refusal',
      error: new ProtectionRefusal('DEPLOYMENT_BLOCKED', 'blocked'),
      isBlocked: true,
      mayBeHeld: false,
    },
    { answer: 'no answer', error: new Error('no agent'), isBlocked: false, mayBeHeld: true },
  ])('is known by $answer', async ({ error, isBlocked, mayBeHeld }) => {
    const { protection } = start(() => (error === undefined ? Promise.resolve() : Promise.reject(error)));
    const known = () => [protection.isOn, protection.isBlocked, protection.mayBeHeld];
    expect(known()).toEqual([false, false, false]);
    await protection.busy();
    expect(known()).toEqual([true, isBlocked, mayBeHeld]);
    protection.stop();
  });

  // ECS refuses a renewal where more tasks are protected than are desired: no job may need one.
  it.each([
    { limit: 'of a minute', seconds: 60, minutes: 30 },
    { limit: 'of 15 minutes', seconds: 900, minutes: 30 },
    { limit: 'of three hours', seconds: 10_800, minutes: 360 },
    { limit: 'of a second more than a minute', seconds: 901, minutes: 31 },
    { limit: 'of SQS alone', seconds: 0, minutes: 1_440 },
    { limit: 'of 12 hours', seconds: 43_200, minutes: 1_440 },
  ])('is asked for as long as two jobs may take, with a limit $limit', ({ seconds, minutes }) => {
    expect(protectionMinutes(seconds)).toBe(minutes);
  });

  it('that ECS refuses since too many are protected is asked for again each minute', async () => {
    const refusal = new ProtectionRefusal('DEPLOYMENT_BLOCKED', 'blocked');
    const { clock, calls, log, protection } = start(() => Promise.reject(refusal));
    void protection.busy();
    await clock.advance(59 * SECOND);
    expect(calls).toEqual([ON]);
    await clock.advance(SECOND);
    expect(calls).toEqual([ON, ON]);
    expect(log.lines).toEqual(['warn task scale-in protection could not be set: ProtectionRefusal: blocked']);
    protection.stop();
  });

  it('that ECS refuses is asked for again by the next message, once in ten seconds', async () => {
    const { clock, calls, protection } = start(() =>
      Promise.reject(new ProtectionRefusal('DEPLOYMENT_BLOCKED', 'blocked')),
    );
    await protection.busy();
    await clock.advance(9_999);
    expect(protection.busy()).toBeUndefined();
    await clock.advance(1);
    expect(protection.busy()).toBeInstanceOf(Promise);
    expect(protection.busy()).toBeUndefined();
    await clock.advance(0);
    expect(calls).toEqual([ON, ON]);
    protection.stop();
  });

  it('is left as it is when the watcher ends', async () => {
    const { clock, calls, protection } = start();
    void protection.busy();
    protection.idle();
    protection.stop();
    await clock.advance(60 * MINUTE);
    expect(calls).toEqual([ON]);
  });

  it('is set by one call after the other, so that the last word is the last', async () => {
    const under: Deferred<void>[] = [];
    const { clock, calls, protection } = start(() => {
      const deferred = createDeferred();
      under.push(deferred);
      return deferred.promise;
    });
    void protection.busy();
    protection.idle();
    await clock.advance(MINUTE);
    void protection.busy();
    await clock.advance(0);
    expect(calls).toEqual([ON]);
    under[0]!.resolve();
    await clock.advance(0);
    expect(calls).toEqual([ON, OFF]);
    under[1]!.reject(new Error('lost'));
    await clock.advance(0);
    expect(calls).toEqual([ON, OFF, ON]);
  });

  it.each([
    { what: 'given up', then: 'on', calls: [ON, OFF, ON] },
    { what: 'asked for', then: 'off', calls: [ON, OFF] },
  ])('whose call fails late, of when it was $what, stays $then', async ({ then, calls: expected }) => {
    const under: Deferred<void>[] = [];
    const { clock, calls, protection } = start(() => {
      const deferred = createDeferred();
      under.push(deferred);
      return deferred.promise;
    });
    const answer = async () => {
      under.at(-1)!.resolve();
      await clock.advance(0);
    };
    void protection.busy();
    await clock.advance(0);
    if (then === 'on') await answer();
    protection.release();
    await clock.advance(0);
    if (then === 'on') void protection.busy();
    await clock.advance(5 * SECOND);
    under.at(-1)!.reject(new Error('timeout'));
    await clock.advance(0);
    await answer();
    await clock.advance(20 * MINUTE);
    expect(calls).toEqual(expected);
    expect(protection.mayBeHeld).toBe(then === 'on');
  });

  it('whose call fails after the watcher has ended is not tried again', async () => {
    const under = createDeferred();
    const { clock, calls, protection } = start(() => under.promise);
    void protection.busy();
    await clock.advance(0);
    protection.stop();
    under.reject(new Error('timeout'));
    await clock.advance(20 * MINUTE);
    expect(calls).toEqual([ON]);
  });

  it('that fails is logged when it begins to, and throws nothing', async () => {
    let isAway = true;
    const { clock, log, protection } = start(() =>
      isAway ? Promise.reject(new Error('no agent')) : Promise.resolve(),
    );
    void protection.busy();
    await clock.advance(45 * MINUTE);
    expect(log.lines).toEqual(['warn task scale-in protection could not be set: Error: no agent']);
    isAway = false;
    await clock.advance(15 * MINUTE);
    isAway = true;
    await protection.busy();
    expect(log.lines.slice(1)).toEqual([
      'info task scale-in protection can be set again',
      'warn task scale-in protection could not be set: Error: no agent',
    ]);
  });

  it('that fails is tried again after ten seconds, and not once it is to be off', async () => {
    let isAway = true;
    const { clock, calls, protection } = start(() =>
      isAway ? Promise.reject(new Error('no agent')) : Promise.resolve(),
    );
    void protection.busy();
    await clock.advance(10_000);
    expect(calls).toEqual([ON, ON]);
    isAway = false;
    await clock.advance(10_000);
    await clock.advance(60_000);
    expect(calls).toEqual([ON, ON, ON]);
    isAway = true;
    protection.idle();
    await clock.advance(10_000);
    isAway = false;
    await clock.advance(60_000);
    expect(calls).toEqual([ON, ON, ON, OFF, OFF]);
    protection.stop();
  });
});

describe("the ECS agent's endpoint", () => {
  let server: TestServer;
  afterEach(() => server.stop());

  const TaskArn = 'arn:aws:ecs:us-east-1:123456789012:task/cluster/0123456789abcdef';
  const put = async (status: number, body: unknown) => {
    const answer = typeof body === 'string' ? body : JSON.stringify(body);
    server = await startTestServer((_, response: ServerResponse) => {
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(answer);
    });
    return agentProtection(`${server.url}/api/abc`)(ON);
  };

  it('is put to as documented', async () => {
    await put(200, {
      protection: { ExpirationDate: '2026-11-24T08:30:00Z', ProtectionEnabled: true, TaskArn },
    });
    expect(server.requests).toMatchObject([
      {
        method: 'PUT',
        path: '/api/abc/task-protection/v1/state',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(ON),
      },
    ]);
  });

  it.each([
    // A refusal by ECS itself comes as an answer like any other.
    [200, { failure: { Arn: TaskArn, Detail: null, Reason: 'DEPLOYMENT_BLOCKED' } }, 'DEPLOYMENT_BLOCKED'],
    [200, { failure: { Arn: TaskArn, Reason: 'TASK_NOT_VALID' } }, 'TASK_NOT_VALID'],
    [400, { error: { Arn: TaskArn, Code: 'AccessDeniedException', Message: 'no' } }, 'AccessDeniedException'],
    [429, { error: { Arn: TaskArn, Code: 'ThrottlingException', Message: 'slow' } }, 'ThrottlingException'],
    [500, { error: { Arn: TaskArn, Code: 'ServerException', Message: 'oh' } }, 'ServerException'],
    [404, 'not found', 'not found'],
  ])('%d %j is a failure', async (status, body, text) => {
    await expect(put(status, body)).rejects.toThrow(
      new RegExp(`^the ECS agent answers ${status}: .*${text}`),
    );
  });

  it('is no longer in the log than it need be', async () => {
    const error = await put(500, 'x'.repeat(10_000)).catch((thrown: unknown) => thrown as Error);
    expect((error as Error).message.length).toBeLessThan(400);
  });

  it.each(['', 'ok', '[]'])('may say %j where it has nothing to say', async (body) => {
    await expect(put(200, body)).resolves.toBeUndefined();
  });

  it('that is not there is a failure', async () => {
    server = await startTestServer(() => undefined);
    const { url } = server;
    await server.stop();
    server = await startTestServer(() => undefined);
    await expect(agentProtection(url)(ON)).rejects.toThrow('fetch failed');
  });
});
