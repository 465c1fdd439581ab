import { ref, type Resources } from '../cloudformation';
import { idOf, named, type Subject } from './subject';

/**
 * What ECS tells of when tasks do not come up: it found no place for one (Spot, quotas, instances), it may not start it as
 * it is configured, or those that it starts do not stay (no image, no secret, no address).
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_events.html
 */
const EVENT_NAMES = [
  'SERVICE_TASK_PLACEMENT_FAILURE',
  'SERVICE_TASK_CONFIGURATION_FAILURE',
  'SERVICE_TASK_START_IMPAIRED',
];

/**
 * A rule whose matches an alarm counts. It has no target: one would send a mail for each event, and ECS may send many. That
 * the metric of matches is there without a target, too, follows from what AWS says it counts, and is said nowhere.
 */
export function placementRule(subject: Subject): Resources {
  if (subject.worker.alarms.placement === undefined) return {};
  return named(subject, 'placementRule', {
    Type: 'AWS::Events::Rule',
    Properties: {
      Description: `Tasks of worker ${subject.worker.name} that ECS cannot place or start: counted by its alarm`,
      EventPattern: {
        source: ['aws.ecs'],
        'detail-type': ['ECS Service Action'],
        resources: [ref(idOf(subject, 'service'))],
        detail: { eventName: EVENT_NAMES },
      },
    },
  });
}
