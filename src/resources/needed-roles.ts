import type { Configuration, TextOrIntrinsic, Worker } from '../config/configuration';
import { neededInfrastructureRole } from './ebs';
import type { Role } from './resource-types';
import { neededExecutionRole, neededTaskRole } from './roles';
import { neededSchedulerRole } from './schedules';
import { neededWebhookRole } from './webhook';

/** A role that a worker cannot do without, as the plugin makes it, or as one that exists must be. */
export interface NeededRole {
  worker: string;
  /** The key that names an existing one. */
  key: 'role' | 'executionRole' | 'infrastructureRole' | 'schedulerRole' | 'events.webhook.role';
  /** ARN of the existing one; undefined: it is made. */
  existing: TextOrIntrinsic | undefined;
  body: Role;
}

/** The roles of all workers, in their order. */
export const neededRoles = (configuration: Configuration): NeededRole[] =>
  configuration.workers.flatMap((worker) => rolesOf(configuration, worker));

function rolesOf(configuration: Configuration, worker: Worker): NeededRole[] {
  const subject = { configuration, worker };
  const { webhook } = worker.events;
  const all = [
    ['role', worker.role, neededTaskRole(subject)],
    ['executionRole', worker.executionRole, neededExecutionRole(subject)],
    ['infrastructureRole', worker.infrastructureRole, neededInfrastructureRole(subject)],
    ['schedulerRole', worker.schedulerRole, neededSchedulerRole(subject)],
    ['events.webhook.role', webhook?.role, webhook && neededWebhookRole(subject)],
  ] as const;
  return all.flatMap(([key, existing, body]) =>
    body === undefined ? [] : [{ worker: worker.name, key, existing, body }],
  );
}
