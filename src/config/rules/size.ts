import { describeFargateMemory, isFargateSize } from '../fargate-sizes';
import { CAPACITY_DEFAULTS } from '../schema/capacity';
import type { WorkerRule } from './rule';

/** Fargate takes only certain pairs. */
export const fargateSize: WorkerRule = {
  reads: ['cpu', 'memory'],
  check: ({ worker: { cpu, memory }, at }) =>
    isFargateSize(cpu, memory)
      ? []
      : [
          {
            code: 'WATCHBOT_FARGATE_SIZE',
            place: at('memory'),
            given: `cpu ${cpu} with memory ${memory}`,
            allowed: `with cpu ${cpu}: memory ${describeFargateMemory(cpu)}`,
            advice: 'choose one of these, or another `cpu`',
          },
        ],
};

export const softMemoryFits: WorkerRule = {
  reads: ['softMemory', 'memory'],
  check: ({ worker: { softMemory, memory }, at }) =>
    softMemory === undefined || softMemory <= memory
      ? []
      : [
          {
            code: 'WATCHBOT_OUT_OF_RANGE',
            place: at('softMemory'),
            given: String(softMemory),
            allowed: `at most ${memory}, the value of \`memory\``,
          },
        ],
};

export const scalingBounds: WorkerRule = {
  reads: ['scaling'],
  check: ({ worker: { scaling }, at }) =>
    scaling.min <= scaling.max
      ? []
      : [
          {
            code: 'WATCHBOT_CONTRADICTION',
            place: at('scaling', 'min'),
            given: `min ${scaling.min}, max ${scaling.max}`,
            allowed: '`min` at most `max`',
            advice: `raise \`max\`${scaling.max === 1 ? ' (its default is 1)' : ''} or lower \`min\``,
          },
        ],
};

export const capacityShares: WorkerRule = {
  reads: ['capacity'],
  check: ({ worker: { capacity }, at }) => {
    if (typeof capacity === 'string') return [];
    const place = at('capacity');
    const shares = capacity.map((share) => ({ ...CAPACITY_DEFAULTS, ...share }));
    const providers = shares.map(({ provider }) => provider);
    if (new Set(providers).size < providers.length) {
      return [
        { code: 'WATCHBOT_CONTRADICTION', place, given: providers.join(', '), allowed: 'each provider once' },
      ];
    }
    if (shares.filter(({ base }) => base > 0).length > 1) {
      return [
        {
          code: 'WATCHBOT_CONTRADICTION',
          place,
          given: 'several entries with `base`',
          allowed: 'one entry with `base`',
        },
      ];
    }
    if (shares.every(({ weight }) => weight === 0)) {
      return [
        {
          code: 'WATCHBOT_CONTRADICTION',
          place,
          given: 'weight 0 everywhere',
          allowed: 'one entry with a weight of 1 or more',
        },
      ];
    }
    return [];
  },
};
