import { describeValue } from '../../errors/problem';
import { isMap } from '../maps';
import { HEALTH_CHECK_DEFAULTS } from '../schema/health';
import { problemIf, type WorkerRule } from './rule';

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

/** What ECS has before a command, to say how it is run. Here a text or a list says that. */
const ECS_FORMS = ['CMD', 'CMD-SHELL', 'NONE'];

export const healthCommandRuns: WorkerRule = {
  reads: ['healthCheck'],
  check: ({ worker: { healthCheck }, at }) => {
    const command = typeof healthCheck === 'object' ? healthCheck.command : undefined;
    const program = Array.isArray(command) ? command[0] : command;
    if (program === undefined) return [];
    const isEcsForm = Array.isArray(command) && ECS_FORMS.includes(program);
    return problemIf(program.trim() === '' || isEcsForm, {
      code: 'WATCHBOT_MALFORMED',
      place: at('healthCheck', 'command'),
      given: describeValue(command),
      allowed: 'a shell line, or a list whose first entry is a program',
      ...(isEcsForm ? { advice: `leave ${program} out` } : {}),
    });
  },
};
