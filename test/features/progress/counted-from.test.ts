import { describe, expect, it } from '@jest/globals';
import { readCommandLine } from '../../../src/features/progress/command';
import { countedFrom, readFirstPart } from '../../../src/features/progress/counted-from';
import { checkPart } from '../../../src/features/progress/job';
import type { Jobs } from '../../../src/features/progress/jobs';

/** Jobs of two parts, which tell the part that they were asked for. */
function jobsOfTwo() {
  const asked: unknown[] = [];
  const take = (part: number | undefined) => {
    asked.push(part);
    if (part !== undefined) checkPart(part, 2);
    return Promise.resolve({});
  };
  const jobs = {
    completePart: (_id: string, part: number) => take(part),
    status: (_id: string, part?: number) => take(part),
  } as unknown as Jobs;
  return { jobs, asked };
}

describe('parts that are counted from 0', () => {
  it.each([0, 1])('are those of the table, which counts from 1: %i', async (part) => {
    const { jobs, asked } = jobsOfTwo();
    const own = countedFrom(0, jobs);
    await own.completePart('job', part);
    await own.status('job', part);
    await own.status('job');
    expect(asked).toEqual([part + 1, part + 1, undefined]);
  });

  it.each([-1, 2, 0.5])('are told by their own numbers if the job does not have them: %d', async (part) => {
    const { jobs } = jobsOfTwo();
    const own = countedFrom(0, jobs);
    const told = `part ${part} is none of the job's, which count from 0 to one less than its total`;
    await expect(own.completePart('job', part)).rejects.toMatchObject({ code: 'PART', message: told });
    await expect(own.status('job', part)).rejects.toThrow(told);
  });
});

it('says what to do to somebody who counts from 0 and has not said so', async () => {
  const own = countedFrom(1, jobsOfTwo().jobs);
  await expect(async () => own.completePart('job', 0)).rejects.toThrow('--from 0, or `partsFrom: 0`');
});

it.each([
  [['complete-part', 'job', '-p', '0', '--from', '0'], 0],
  [['complete-part', 'job', '-p', '1', '--from', '1'], 1],
  [['status', 'job'], undefined],
])('reads %j', (args, partsFrom) => {
  expect(readCommandLine(args)).toMatchObject({ partsFrom });
});

it('refuses any other first part', () => {
  expect(() => readFirstPart('2', '--from')).toThrow('given: --from 2; allowed: 0 or 1');
  expect(() => readFirstPart('', 'ProgressPartsFrom')).toThrow('allowed: 0 or 1');
});
