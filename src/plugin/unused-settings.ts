import { isIntrinsic } from '../config/configuration';
import { enabledPart } from '../config/enabled';
import { isMap } from '../shared/json';
import type { Serverless } from './framework';

type Provider = Pick<Serverless['service']['provider'], 'memorySize' | 'timeout' | 'environment' | 'iam'>;

/**
 * A sentence on what the provider says for functions, and a worker might be thought to take over; undefined if nobody could
 * think so, since the worker says it itself.
 * @param section as it was typed
 */
export function unusedSettings(provider: Provider, section: unknown): string | undefined {
  const enabled = enabledPart(section);
  if (!isMap(enabled)) return undefined;
  const workers = isMap(enabled.workers) ? Object.values(enabled.workers).filter(isMap) : [enabled];
  const lack = (...keys: readonly string[]) =>
    workers.some((worker) => keys.some((key) => worker[key] === undefined));
  const { memorySize, timeout, environment, iam } = provider;
  const hasVariables = isMap(environment) && Object.keys(environment).length > 0;
  const settings: [setting: string, instead: string, isUnused: boolean][] = [
    ['memorySize', '`memory`', memorySize !== undefined && lack('memory')],
    ['timeout', '`maxJobDuration`', timeout !== undefined && lack('maxJobDuration')],
    [
      'environment',
      '`providerEnvironment: true` takes it',
      hasVariables && enabled.providerEnvironment === undefined,
    ],
    ['iam.role', '`role` and `executionRole`', isExistingRole(iam?.role) && lack('role', 'executionRole')],
  ];
  const unused = settings.filter(([, , isUnused]) => isUnused);
  if (unused.length === 0) return undefined;
  const list = unused.map(([setting, instead]) => `${setting} (${instead})`).join(', ');
  return `Of \`provider\`, workers do not take ${list}: these are for functions`;
}

/** As the framework tells a role that exists from the settings of the one that it makes. */
const isExistingRole = (role: unknown): boolean => typeof role === 'string' || isIntrinsic(role);
