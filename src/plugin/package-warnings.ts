import type { Configuration, Worker } from '../config/configuration';
import { isLogInCloudWatch } from '../config/container';
import { hasLogGroupLines } from '../config/sidecars';
import { servicesUnreached } from '../resources/endpoints';

/** What somebody who packages should know of a configuration that is right. */
export function packageWarnings(configuration: Configuration): string[] {
  const { workers } = configuration;
  return [
    ...workers.flatMap((worker) => shortFinish(worker) ?? []),
    ...workers.flatMap((worker) => logElsewhere(worker) ?? []),
    ...workers.flatMap((worker) => describeLinesElsewhere(worker) ?? []),
    ...[noEndpoint(servicesUnreached(configuration)) ?? []].flat(),
  ];
}

/** Whoever deploys should know before the first deploy what may happen to a job in each one. */
function shortFinish({ name, deploy, maxJobDuration }: Worker): string | undefined {
  if (!deploy.isShortUnasked) return undefined;
  const { finish } = deploy;
  return `Worker ${name}: a job may take ${maxJobDuration} s, and a deploy waits ${finish} s for it, since CloudFormation waits three hours. What is not done then is done again by the new version. \`deploy.finish: ${finish}\` says that this is known`;
}

/** Whoever sends the log elsewhere should know what was made of it. */
function logElsewhere(worker: Worker): string | undefined {
  if (isLogInCloudWatch(worker)) return undefined;
  return `Worker ${worker.name}: its log goes to ${worker.container.log?.driver}, and not to CloudWatch. \`sls watchbot logs\` finds no lines, and what is counted in them stays empty: the metrics of jobs that failed, of their receives and durations, the alarm \`workerErrors\`, and their part of the dashboard (docs/logs.md#another-log-driver)`;
}

/** What has nothing to read where the lines of jobs go elsewhere, for people; undefined if they are in the log group. */
export function describeLinesElsewhere(
  worker: Pick<Worker, 'name' | 'sidecars' | 'deploy'>,
): string | undefined {
  if (hasLogGroupLines(worker)) return undefined;
  const rollback = worker.deploy.isByFailures ? ', and `deploy.alarms: [failures]` never rolls back' : '';
  return `Worker ${worker.name}: its log does not come to its log group. \`sls watchbot logs\`, \`send --wait\`, the metrics WorkerErrors, MessageReceives, WorkerDuration and ResponseDuration, their part of the dashboard and the alarm workerErrors have nothing then${rollback}. \`firelens.cloudWatch: true\` writes it there, too (docs/sidecars.md)`;
}

function noEndpoint(services: readonly string[]): string | undefined {
  if (services.length === 0) return undefined;
  const names = services.join(', ');
  return `Workers may call ${services.map((service) => `${service}:…`).join(', ')}, and with \`private: endpoints\` reach nothing but VPC endpoints. Name those of these services, as in \`vpc: {private: endpoints, endpoints: [${names}]}\`, or write \`vpc: {private: nat}\``;
}
