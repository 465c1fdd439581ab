import { isIntrinsic, type WorkerInput, type TextOrIntrinsic } from '../configuration';
import type { S3Source, ScheduleSource, SnsSource, Sources, Webhook } from '../sources';
import { EVENT_DEFAULTS } from '../defaults';

type EventInput = WorkerInput['events'][number];
type SourceInput<K extends keyof EventInput> = NonNullable<EventInput[K]>;

/** The sources by kind with every choice made, each kind in the order of the file. */
export function completeEvents(events: WorkerInput['events']): Sources {
  const of = <K extends keyof EventInput>(kind: K): SourceInput<K>[] =>
    events.flatMap((event) => (event[kind] === undefined ? [] : [event[kind] as SourceInput<K>]));
  return {
    sns: of('sns').map(completeSns),
    eventBridge: of('eventBridge').map(({ pattern, eventBus, input, inputPath, messageGroupId }) => ({
      pattern,
      eventBus,
      input: text(input),
      inputPath,
      messageGroupId,
    })),
    schedule: of('schedule').map(completeSchedule),
    s3: of('s3').map(completeS3),
    webhook: of('webhook').map(completeWebhook)[0],
  };
}

function completeSns(given: unknown): SnsSource {
  const source = typeof given === 'string' || isIntrinsic(given) ? { arn: given } : given;
  const { arn, filterPolicy, filterPolicyScope, rawMessageDelivery } = source as Pick<SnsSource, 'arn'> &
    Partial<SnsSource>;
  return {
    arn,
    filterPolicy,
    filterPolicyScope: filterPolicyScope ?? EVENT_DEFAULTS.filterPolicyScope,
    rawMessageDelivery: rawMessageDelivery ?? false,
  };
}

function completeSchedule(given: SourceInput<'schedule'>): ScheduleSource {
  const { rate, timezone, input, enabled, messageGroupId } =
    typeof given === 'string' ? { rate: given } : given;
  return { rate, timezone, input: text(input), enabled: enabled ?? true, messageGroupId };
}

function completeS3(given: SourceInput<'s3'>): S3Source {
  const { bucket, event, prefix, suffix, existing, messageGroupId } = given;
  return {
    bucket,
    event: event ?? EVENT_DEFAULTS.s3Event,
    prefix,
    suffix,
    existing: existing ?? false,
    messageGroupId,
  };
}

function completeWebhook(given: SourceInput<'webhook'>): Webhook {
  const { authorization, throttle, messageGroupId, headers, role } = given;
  return {
    authorization: authorization as Webhook['authorization'],
    throttle,
    messageGroupId,
    headers: headers ?? [],
    role: completeRole(role),
  };
}

/** Text that is no ARN is the logical id of a role in the template, as for a function of the framework. */
export function completeRole(given: TextOrIntrinsic | undefined): TextOrIntrinsic | undefined {
  return typeof given !== 'string' || given.startsWith('arn:') ? given : { 'Fn::GetAtt': [given, 'Arn'] };
}

function text(input: unknown): string | undefined {
  return input === undefined || typeof input === 'string' ? input : JSON.stringify(input);
}
