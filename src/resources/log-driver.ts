import { CLOUDWATCH_DRIVER } from '../config/container';
import type { TextOrIntrinsic } from '../config/configuration';
import { secretValueFrom } from './derived';
import type { ContainerProperties } from './resource-types';
import type { Subject } from './subject';

/** A log that cannot be delivered must not block the watcher, which then could not hold its messages. */
const NON_BLOCKING = { mode: 'non-blocking', 'max-buffer-size': '25m' };

/**
 * A container does not start where its log has nobody to take it; with these it does.
 * https://docs.docker.com/engine/logging/drivers/fluentd/ and https://docs.docker.com/engine/logging/drivers/splunk/
 */
const START_ANYWAY: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  fluentd: { 'fluentd-async': 'true' },
  splunk: { 'splunk-verify-connection': 'false' },
};

/** To where the user has it, with the options that keep the watcher running; `own` are those of the plugin's log group. */
export function logToDriver(
  { worker, configuration }: Subject,
  own: Readonly<Record<string, TextOrIntrinsic>>,
): NonNullable<ContainerProperties['LogConfiguration']> {
  const { driver = CLOUDWATCH_DRIVER, options = {}, secretOptions = {} } = worker.container.log ?? {};
  const secrets = Object.keys(secretOptions)
    .sort()
    .map((Name) => ({
      Name,
      ValueFrom: secretValueFrom(secretOptions[Name]!, configuration.context.resources),
    }));
  return {
    LogDriver: driver,
    Options: {
      ...(driver === CLOUDWATCH_DRIVER ? own : { ...START_ANYWAY[driver], ...NON_BLOCKING }),
      ...options,
    },
    SecretOptions: secrets.length === 0 ? undefined : secrets,
  };
}
