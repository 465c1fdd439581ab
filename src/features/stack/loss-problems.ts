import { describeValue, type Problem } from '../../errors/problem';
import { SINGLE_WORKER_NAME } from '../../config/names';
import { DATA_TYPES } from './data-types';
import type { HeldData } from './held-data';
import { workerOf, type StackTemplate } from './losses';

/** The words for what a deploy would delete, and how to keep it. */

/** What a resource is called by those who allow its loss. */
export const nameOfLoss = ({ path }: Pick<HeldData, 'path'>): string => path.join('/');

interface Before {
  template: StackTemplate;
  /** The workers that serverless.yml has now. */
  workers: readonly string[];
}

/** A problem for each resource, or for each worker whose resources would go. */
export function lossProblems(held: readonly HeldData[], { template, workers }: Before): Problem[] {
  const ofWorkers = new Map<string, HeldData[]>();
  const others: HeldData[] = [];
  for (const data of held) {
    const [id = '', ...below] = data.path;
    const worker = below.length > 0 ? undefined : workerOf(id, template);
    if (worker === undefined) others.push(data);
    else ofWorkers.set(worker, [...(ofWorkers.get(worker) ?? []), data]);
  }
  return [
    ...[...ofWorkers].map(([worker, data]) => workerProblem(worker, data, workers.includes(worker))),
    ...others.map(resourceProblem),
  ];
}

const INDENT = ' '.repeat(11);
const lines = (...all: readonly string[]) => all.join(`\n${INDENT}`);

function workerProblem(worker: string, held: readonly HeldData[], isThere: boolean): Problem {
  const section =
    worker === SINGLE_WORKER_NAME
      ? ['  watchbot:', '    deletionPolicy: Retain']
      : ['  watchbot:', '    workers:', `      ${worker}:`, '        deletionPolicy: Retain'];
  const waitFor = isThere
    ? 'set back what has changed, and give the new settings to a worker of another name beside it'
    : 'put the worker back beside the new one (a worker that is renamed is a new one, with a new queue)';
  return {
    code: 'WATCHBOT_LOSS',
    place: `worker ${worker}`,
    given: lines(...held.map(describe)),
    allowed: 'a deploy that deletes nothing of it, or is told to',
    advice: lines(
      `${waitFor}, and take it out when its queues are empty:`,
      `  sls watchbot status --worker ${worker}`,
      'Or deploy it once with this, and take it out then: AWS keeps what it holds, outside of the stack:',
      ...section,
    ),
  };
}

function resourceProblem(data: HeldData): Problem {
  return {
    code: 'WATCHBOT_LOSS',
    place: nameOfLoss(data),
    given: describe(data),
    allowed: 'a deploy that does not delete it, or is told to',
    advice: resourceAdvice(data),
  };
}

function resourceAdvice(data: HeldData): string {
  const id = data.path.at(-1)!;
  const { reason } = data;
  if (reason.how === 'replaced') {
    const back =
      reason.before === undefined
        ? `take ${reason.property} away again`
        : `set ${reason.property} back to ${describeValue(reason.before)}`;
    return `${back}; what needs another ${reason.property} gets another logical id, beside this one`;
  }
  // What the framework makes is changed under `extensions`.
  const isGenerated = data.name.startsWith('/aws/');
  return lines(
    reason.how === 'conditional'
      ? 'take the condition away again, or deploy once with this before: AWS keeps it, outside of the stack'
      : 'put it back, deploy once with this, and take it out then: AWS keeps it, outside of the stack',
    '  resources:',
    isGenerated ? '    extensions:' : '    Resources:',
    `      ${id}:`,
    '        DeletionPolicy: Retain',
    '        UpdateReplacePolicy: Retain',
    '        Metadata: { kept: true } # CloudFormation does not see a policy that changes alone',
  );
}

/** A line that says what happens to a resource, and what is in it. */
function describe(data: HeldData): string {
  const { type, name, reason } = data;
  const what = `${type.replace(/^AWS::/, '').replaceAll('::', ' ')} ${name}, with ${contentOf(data)}`;
  switch (reason.how) {
    case 'removed':
      return `deleted: ${what}`;
    case 'replaced':
      return `replaced by an empty one: ${what}, since ${reason.property} changes from ${valueOf(reason.before)} to ${valueOf(reason.after)}`;
    case 'conditional':
      return `deleted where the condition ${reason.condition} is false: ${what}`;
  }
}

const valueOf = (value: unknown): string => (value === undefined ? 'none' : describeValue(value));

function contentOf({ type, count }: Pick<HeldData, 'type' | 'count'>): string {
  const holds = DATA_TYPES[type]?.holds ?? 'what is in it';
  if (type !== 'AWS::SQS::Queue') return `${holds} (not counted)`;
  if (count === undefined) return 'its messages, which could not be counted';
  return count === 1 ? '1 message' : `${count} messages`;
}
