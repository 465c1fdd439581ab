import type { HealthCheck } from '../config/configuration';
import { HEALTH_COMMAND } from '../contract/image';
import type { ContainerProperties } from './resource-types';

/** The check of a container; without a command it is the watcher's own. */
export function healthCheck(check: HealthCheck | undefined): ContainerProperties['HealthCheck'] {
  if (check === undefined) return undefined;
  const { command, interval, timeout, retries, startPeriod } = check;
  return {
    Command: typeof command === 'string' ? ['CMD-SHELL', command] : ['CMD', ...(command ?? HEALTH_COMMAND)],
    Interval: interval,
    Timeout: timeout,
    Retries: retries,
    StartPeriod: startPeriod,
  };
}
