import type { AlarmName } from '../../config/defaults';
import type { WorkerResource } from '../../config/logical-ids';
import { combine, ref, type Resources } from '../cloudformation';
import { idOf, named, type Subject } from './subject';

interface EventKind {
  alarm: AlarmName;
  resource: WorkerResource;
  what: string;
  detailType: string;
  eventNames: readonly string[];
}

const KINDS: readonly EventKind[] = [
  {
    // It found no place for a task (Spot, quotas, instances), it may not start it as it is configured, or those that it
    // starts do not stay (no image, no secret, no address).
    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_events.html
    alarm: 'placement',
    resource: 'placementRule',
    what: 'tasks that ECS cannot place or start',
    detailType: 'ECS Service Action',
    eventNames: [
      'SERVICE_TASK_PLACEMENT_FAILURE',
      'SERVICE_TASK_CONFIGURATION_FAILURE',
      'SERVICE_TASK_START_IMPAIRED',
    ],
  },
  {
    // Sent by the circuit breaker, which is on, and by alarms. The rollback that follows is a deployment of its own, whose
    // beginning is told by SERVICE_DEPLOYMENT_IN_PROGRESS, as of any other.
    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html
    alarm: 'deployment',
    resource: 'deploymentRule',
    what: 'deployments that failed',
    detailType: 'ECS Deployment State Change',
    eventNames: ['SERVICE_DEPLOYMENT_FAILED'],
  },
];

/**
 * Rules on what ECS tells of the service, whose matches alarms count. They have no target: one would send a mail for each
 * event, of which there may be many, in a form of its own, and it would need leave of each topic. That the metric of
 * matches is there without a target, too, follows from what AWS says it counts, and is said nowhere.
 */
export function serviceRules(subject: Subject): Resources {
  const { name, alarms } = subject.worker;
  return combine(
    KINDS.filter(({ alarm }) => alarms[alarm] !== undefined).map(
      ({ resource, what, detailType, eventNames }) =>
        named(subject, resource, {
          Type: 'AWS::Events::Rule',
          Properties: {
            Description: `Of worker ${name}: ${what}, for its alarm to count`,
            EventPattern: {
              source: ['aws.ecs'],
              'detail-type': [detailType],
              resources: [ref(idOf(subject, 'service'))],
              detail: { eventName: eventNames },
            },
          },
        }),
    ),
  );
}
