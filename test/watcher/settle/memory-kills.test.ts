import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { decide } from '../../../src/watcher/settle/decide';
import { explainMemoryKill, MemoryKills, readMemoryKills } from '../../../src/watcher/settle/memory-kills';
import type { StopReason, WorkerEnd } from '../../../src/watcher/worker/run-worker';

const exited = (
  code: number | null,
  signal: NodeJS.Signals | null = null,
  stopped?: StopReason,
): WorkerEnd => ({
  kind: 'exited',
  code,
  signal,
  stopped,
});

/** @param before kills that were counted when the job began */
function reasonOf(end: WorkerEnd, memoryKills: MemoryKills, before: number): string {
  const decision = decide(end, { receives: 1, heldSeconds: 0 });
  return explainMemoryKill(decision, end, { memoryKills, before }).reason;
}

describe('a kill by the kernel', () => {
  const BY_KERNEL = "killed by the kernel, since the container's memory was used up";

  it.each([
    { end: exited(null, 'SIGKILL'), reason: `signal SIGKILL: ${BY_KERNEL}` },
    { end: exited(137), reason: `exit code 137: ${BY_KERNEL}` },
    { end: exited(1), reason: `exit code 1: a process in the container was ${BY_KERNEL}` },
    { end: exited(0), reason: 'exit code 0' },
    { end: exited(4), reason: 'exit code 4: no-op' },
    { end: exited(null, 'SIGKILL', 'duration'), reason: 'stopped: longer than maxJobDuration' },
    { end: { kind: 'lost', reason: 'gone' } as const, reason: 'gone' },
  ])('is named where it can be known: $reason', ({ end, reason }) => {
    expect(reasonOf(end, new MemoryKills(() => 1), 0)).toBe(reason);
  });

  it('explains one end, and none before it', () => {
    let count: number | undefined = 5;
    const kills = new MemoryKills(() => count);
    const killed = exited(null, 'SIGKILL');
    expect(kills.count()).toBe(5);
    expect(reasonOf(killed, kills, 5)).toBe('signal SIGKILL');
    count = 7;
    expect([1, 2, 3].map(() => reasonOf(killed, kills, 5).includes('kernel'))).toEqual([true, true, false]);
    count = undefined;
    expect(kills.count()).toBe(0);
    expect(reasonOf(killed, kills, 0)).toBe('signal SIGKILL');
  });

  it('is still named of whom it ended after another job failed of itself', () => {
    const kills = new MemoryKills(() => 1);
    expect(reasonOf(exited(1), kills, 0)).toContain('a process in the container was killed');
    expect(reasonOf(exited(137), kills, 0)).toBe(`exit code 137: ${BY_KERNEL}`);
    expect(reasonOf(exited(1), kills, 0)).toContain('a process in the container was killed');
  });

  it.each([exited(1), exited(137), exited(null, 'SIGKILL')])(
    'says nothing of a job that began after it, though no other was ended by it: %j',
    (end) => {
      const kills = new MemoryKills(() => 3);
      expect(reasonOf(end, kills, kills.count())).not.toContain('kernel');
    },
  );

  it('is the one of the job that was there, whichever job ends first', () => {
    const kills = new MemoryKills(() => 2);
    const killed = exited(null, 'SIGKILL');
    // The second kill can be the one of a job that began between the two; the first one cannot.
    expect([1, 0].map((before) => reasonOf(killed, kills, before).includes('kernel'))).toEqual([true, true]);
  });
});

describe('the count of kills', () => {
  it.each([
    { name: 'cgroup v2', text: 'low 0\nhigh 0\nmax 12\noom 3\noom_kill 2\noom_group_kill 0\n', count: 2 },
    { name: 'cgroup v1', text: 'oom_kill_disable 0\nunder_oom 0\noom_kill 2\n', count: 2 },
    { name: 'an old kernel', text: 'oom_kill_disable 0\nunder_oom 0\n', count: undefined },
  ])('is that of $name', ({ text, count }) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'watchbot-test-'));
    const file = path.join(folder, 'events');
    writeFileSync(file, text);
    expect(readMemoryKills([path.join(folder, 'none'), file])).toBe(count);
    expect(readMemoryKills([path.join(folder, 'none')])).toBeUndefined();
    rmSync(folder, { recursive: true });
  });
});
