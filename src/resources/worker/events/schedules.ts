import type { ScheduleSource } from '../../../config/events';
import { SourceId } from '../../../config/logical-ids';
import { sourceName } from '../../../config/names';
import { arn, combine, compact, getAtt, policyDocument, ref, type Resources } from '../../cloudformation';
import { queueArn } from '../queue-references';
import { queueSendStatement, sendPolicy } from '../sending';
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
  const { rate, timezone, input, enabled, messageGroupId } = source;
  return {
    [id]: {
      Type: 'AWS::Scheduler::Schedule',
      Properties: compact({
        Name: sourceName(subject.configuration.context, id),
        ScheduleExpression: rate,
        ScheduleExpressionTimezone: timezone,
        FlexibleTimeWindow: { Mode: 'OFF' },
        State: enabled ? 'ENABLED' : 'DISABLED',
        Target: compact({
          Arn: queueArn(subject),
          RoleArn: getAtt(idOf(subject, 'scheduleRole'), 'Arn'),
          Input: input ?? DEFAULT_INPUT,
          SqsParameters: messageGroupId === undefined ? undefined : { MessageGroupId: messageGroupId },
        }),
      }),
    },
  };
}

function scheduleRole(subject: Subject): Resources {
  return named(subject, 'scheduleRole', {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: policyDocument([
        {
          Effect: 'Allow',
          Principal: { Service: 'scheduler.amazonaws.com' },
          Action: 'sts:AssumeRole',
          // https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
          Condition: {
            StringEquals: { 'aws:SourceAccount': ref('AWS::AccountId') },
            ArnEquals: { 'aws:SourceArn': arn('scheduler', 'schedule-group/default') },
          },
        },
      ]),
      Policies: [sendPolicy(subject, queueSendStatement(subject))],
    },
  });
}
