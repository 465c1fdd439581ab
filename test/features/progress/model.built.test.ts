import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Table } from '../../../src/features/progress/store';
import { startTestTable } from '../../helpers/dynamodb';
import { createMemoryTable } from '../../helpers/memory-table';
import { Simulation, type Format, type World } from './simulation';
import { fc } from '../../helpers/seeded';

const FORMATS: readonly Format[] = ['watchbot', 'one-item', 'shards'];

const world = fc.record({
  total: fc.integer({ min: 1, max: 4 }),
  format: fc.constantFrom(...FORMATS),
  mayFail: fc.boolean(),
});
const decisions = fc.array(fc.nat(), { maxLength: 300, size: 'max' });

async function check(given: World, chosen: readonly number[]): Promise<void> {
  const report = await new Simulation(given).play(chosen);
  expect(report.wrongs).toEqual([]);
  // A job that has failed needs no reduce; all others get one, whatever happened.
  expect(report.isReduceSent || report.hasFailed).toBe(true);
  const excused = report.grants.filter(({ isExcused }) => isExcused);
  expect(report.grants.length).toBeLessThanOrEqual(1 + excused.length);
  if (report.isReduceSent) expect(report.grants.some(({ hasSent }) => hasSent)).toBe(true);
}

describe('a job, whatever happens to its workers', () => {
  it('is reduced by one worker at a time, and by only one unless that one ended first', async () => {
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(world, decisions, (given, chosen) =>
        check({ ...given, table: createMemoryTable(), jobId: `job-${(runs += 1)}` }, chosen),
      ),
      { numRuns: 600, endOnFailure: true, interruptAfterTimeLimit: 20_000 },
    );
  });

  it('meets accidents of the worker that was to send the message, and others send it', async () => {
    let accidents = 0;
    const sample = fc.sample(fc.tuple(world, decisions), { numRuns: 200, seed: 1 });
    for (const [given, chosen] of sample) {
      const { grants } = await new Simulation({ ...given, table: createMemoryTable(), jobId: 'job' }).play(
        chosen,
      );
      if (grants.length > 1) accidents += 1;
    }
    expect(accidents).toBeGreaterThan(0);
  });
});

describe('the same, on dynalite', () => {
  let stop: () => Promise<void>;
  let table: Table;

  beforeAll(async () => {
    ({ table, stop } = await startTestTable());
  });
  afterAll(() => stop());

  it('holds too', async () => {
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(world, decisions, (given, chosen) =>
        check({ ...given, table, jobId: `job-${(runs += 1)}` }, chosen),
      ),
      { numRuns: 8, endOnFailure: true, interruptAfterTimeLimit: 20_000 },
    );
  });
});
