import type { ScheduleSource } from '../../../config/configuration';
import { SourceId } from '../../../config/logical-ids';
import { sourceName } from '../../../config/names';
import { combine, compact, getAtt, type Resources } from '../../cloudformation';
import { schedulerRole, sqsTarget } from '../../scheduler';
import { queueArn, queueUrl } from '../queue-references';
import { queueSendPolicy } from '../sending';
import { idOf, named, type Subject } from '../subject';

/** What a message says where the user does not: EventBridge Scheduler puts the time in. */
const DEFAULT_INPUT = JSON.stringify({ scheduledTime: '<aws.scheduler.scheduled-time>' });

/** Schedules that send to the queue, and the role in which they do. */
export function schedules(subject: Subject): Resources {
  const { name, events } = subject.worker;
  if (events.schedule.length === 0) return {};
  return {
    ...scheduleRole(subject),
    ...combine(
      events.schedule.map((source, index) => schedule(subject, SourceId.schedule(name, index + 1), source)),
    ),
  };
}

function schedule(subject: Subject, id: string, source: ScheduleSource): Resources {
  const { rate, timezone, enabled } = source;
  const name = sourceName(subject.configuration.context, id);
  return {
    [id]: {
      Type: 'AWS::Scheduler::Schedule',
      Properties: compact({
        Name: name,
        ScheduleExpression: rate,
        ScheduleExpressionTimezone: timezone,
        FlexibleTimeWindow: { Mode: 'OFF' },
        State: enabled ? 'ENABLED' : 'DISABLED',
        Target: target(subject, name, source),
      }),
    },
  };
}

/**
 * The target for SQS gives no deduplication id, and from the same body within five minutes a FIFO queue would take the
 * first message only: there, the API itself is called, with an id. By the time it is the same when Scheduler tries
 * again, and by the name it is not that of another schedule.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
 */
function target(subject: Subject, name: string, source: ScheduleSource): Record<string, unknown> {
  const { input = DEFAULT_INPUT, messageGroupId } = source;
  const RoleArn = getAtt(idOf(subject, 'scheduleRole'), 'Arn');
  if (messageGroupId === undefined) return { Arn: queueArn(subject), RoleArn, Input: input };
  const call = {
    MessageBody: input,
    MessageGroupId: messageGroupId,
    MessageDeduplicationId: `${name}-<aws.scheduler.scheduled-time>`,
  };
  return { ...sqsTarget('sendMessage', queueUrl(subject), call), RoleArn };
}

const scheduleRole = (subject: Subject): Resources =>
  named(subject, 'scheduleRole', schedulerRole(queueSendPolicy(subject)));
