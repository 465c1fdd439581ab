import type { WorkerResource } from '../config/logical-ids';
import type { Resources } from './resource-types';
import { idOf, type Subject } from './subject';

/** What holds messages, items or log lines that nobody else has. */
const HOLDING: readonly WorkerResource[] = [
  'queue',
  'deadLetterQueue',
  'progressTable',
  'logGroup',
  'sidecarLogGroup',
];

/** The resources of a worker, of which AWS keeps those that hold data, if the worker says so. */
export function retained(resources: Resources, subject: Subject): Resources {
  if (subject.worker.deletionPolicy === 'Delete') return resources;
  const kept = HOLDING.map((resource) => idOf(subject, resource)).flatMap((id) => {
    const body = resources[id];
    return body === undefined ? [] : [[id, { ...body, ...POLICY }] as const];
  });
  return { ...resources, ...Object.fromEntries(kept) };
}

const POLICY = {
  // What a first deploy has made before it failed holds nothing, and would be in the way of the next.
  DeletionPolicy: 'RetainExceptOnCreate',
  UpdateReplacePolicy: 'Retain',
  // CloudFormation takes no update that changes nothing but a policy.
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
  Metadata: { DeletionPolicy: 'Retain' },
} as const;
