import {
  managedPolicyArns,
  reservedVariables,
  secretsHaveArns,
  statementNamesOnce,
  variableOnce,
} from './access';
import { alarmWindows, deadLetterAlarmsHaveAQueue } from './alarms';
import { commandIsNotInBackground } from './background';
import { bucketSources, bucketSourcesAreApart } from './buckets';
import {
  capacityProviders,
  capacityShares,
  ec2HasACluster,
  onlyOnEc2,
  onlyOnFargate,
  placementsAreWhole,
} from './capacity';
import { distinctEvents, eventBridgeSources, eventBuses } from './event-bridge';
import { messageGroups, oneWebhook, scheduleExpressions, scheduleTimezones, topicSources } from './events';
import { deploymentAlarmsAreNamed } from './deploy';
import { extensionsAreMade } from './extensions';
import { commandIsNotBlank, commandOrHandler } from './command';
import { mountsAreApart, mountsAreSafe } from './filesystem';
import {
  batchWindowWaits,
  externalsArePackages,
  handlerIsOne,
  handlersReadNoInput,
  handlersStayWarm,
  onlyWithHandler,
  scriptsNeedExternals,
  workerMemoryFits,
} from './handler';
import { healthCheckFits, healthCommandRuns } from './health';
import { buildArgsCanBePassed, imageHasOneOrigin, imageNameIsKnown, imageUriIsOne } from './image';
import { namesFit } from './names';
import {
  deadLetterOnlyOffForFifo,
  encryptionIsKnown,
  existingQueueStays,
  managedKeyHasNoSources,
  oneJobInAFreshContainer,
  queueArns,
  queueKindsAgree,
} from './queue';
import type { WorkerRule } from './rule';
import {
  groupsAreOfAFifoQueue,
  jobsEndInTime,
  latencyNeedsADuration,
  scalingBounds,
  scalingIsDecidedOnce,
  scalingSteps,
} from './scaling';
import { awakeHasAUse, scalingScheduleBounds, scalingScheduleIsWhole } from './scaling-schedule';
import { ec2Size, fargateSize, softMemoryFits } from './size';

/** Every rule across the keys of one worker. */
export const WORKER_RULES: readonly WorkerRule[] = [
  commandOrHandler,
  commandIsNotBlank,
  commandIsNotInBackground,
  handlerIsOne,
  onlyWithHandler,
  externalsArePackages,
  scriptsNeedExternals,
  handlersStayWarm,
  handlersReadNoInput,
  batchWindowWaits,
  workerMemoryFits,
  imageHasOneOrigin,
  imageUriIsOne,
  imageNameIsKnown,
  buildArgsCanBePassed,
  fargateSize,
  ec2Size,
  softMemoryFits,
  capacityProviders,
  capacityShares,
  ec2HasACluster,
  onlyOnEc2,
  onlyOnFargate,
  placementsAreWhole,
  scalingBounds,
  scalingIsDecidedOnce,
  scalingSteps,
  latencyNeedsADuration,
  jobsEndInTime,
  groupsAreOfAFifoQueue,
  scalingScheduleIsWhole,
  scalingScheduleBounds,
  awakeHasAUse,
  deadLetterOnlyOffForFifo,
  queueArns,
  queueKindsAgree,
  existingQueueStays,
  encryptionIsKnown,
  managedKeyHasNoSources,
  oneJobInAFreshContainer,
  reservedVariables,
  variableOnce,
  secretsHaveArns,
  managedPolicyArns,
  statementNamesOnce,
  mountsAreSafe,
  mountsAreApart,
  topicSources,
  eventBridgeSources,
  distinctEvents,
  eventBuses,
  scheduleExpressions,
  scheduleTimezones,
  bucketSources,
  bucketSourcesAreApart,
  oneWebhook,
  messageGroups,
  healthCheckFits,
  healthCommandRuns,
  alarmWindows,
  deadLetterAlarmsHaveAQueue,
  deploymentAlarmsAreNamed,
  extensionsAreMade,
  namesFit,
];

export { emptyValues } from './empty-values';
export { serviceProblems } from './service';
export type { RuleSubject, Service, WorkerRule } from './rule';
