import { problemIf, type WorkerRule } from './rule';
import { isMap } from '../maps';
import { HEALTH_CHECK_DEFAULTS } from '../schema/health';

export const healthCheckFits: WorkerRule = {
  reads: ['healthCheck'],
  check: ({ worker: { healthCheck }, at }) => {
    const { interval, timeout } = { ...HEALTH_CHECK_DEFAULTS, ...(isMap(healthCheck) ? healthCheck : {}) };
    return problemIf(timeout > interval, {
      code: 'WATCHBOT_CONTRADICTION',
      place: at('healthCheck', 'timeout'),
      given: `timeout ${timeout} with interval ${interval}`,
      allowed: '`timeout` at most `interval`, so that one check ends before the next begins',
    });
  },
};
