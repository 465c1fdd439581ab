import { constants } from 'node:os';
import { WORKER_LIMITS, type StopSignal, type WorkerLimit } from '../../contract/environment';

/** What holds for all workers of this watcher, whoever starts them. */
export interface WorkerRules {
  /** Tells a worker to end. */
  stopSignal: StopSignal;
  limits: readonly ResourceLimit[];
}

export interface ResourceLimit {
  name: WorkerLimit;
  /** -1: none. */
  soft: number;
  hard: number;
}

export const NO_RULES: WorkerRules = { stopSignal: 'SIGTERM', limits: [] };

/** As the launcher reads them: `src/launcher/rules.h`. */
export const encodeRules = ({ stopSignal, limits }: WorkerRules): string =>
  [
    constants.signals[stopSignal],
    ...limits.map(({ name, soft, hard }) => [WORKER_LIMITS[name], soft, hard].join(':')),
  ].join(',');

/** Undefined if the text is not as the template has it. */
export function parseLimits(text: string): ResourceLimit[] | undefined {
  const limits = text
    .split(',')
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [, name = '', soft, hard] = /^([a-z]+)=(-1|\d+):(-1|\d+)$/.exec(entry) ?? [];
      return isName(name) ? { name, soft: Number(soft), hard: Number(hard) } : undefined;
    });
  return limits.every((limit) => limit !== undefined) ? limits : undefined;
}

const isName = (name: string): name is WorkerLimit => Object.hasOwn(WORKER_LIMITS, name);
