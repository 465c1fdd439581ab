/* Events of ECS as AWS documents them, for the service `SAMPLE_SERVICE`. */

const ACCOUNT = { account: '111122223333', region: 'us-west-2', version: '0', source: 'aws.ecs' };
const CLUSTER = 'arn:aws:ecs:us-west-2:111122223333:cluster/default';

/** The service in AWS's sample events. */
export const SAMPLE_SERVICE = 'arn:aws:ecs:us-west-2:111122223333:service/default/servicetest';

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_events.html */
const action = (eventType: string, eventName: string, others: object = {}) => ({
  ...ACCOUNT,
  id: 'ddca6449-b258-46c0-8653-e0e3a6d0468b',
  'detail-type': 'ECS Service Action',
  time: '2019-11-19T19:55:38Z',
  resources: [SAMPLE_SERVICE],
  detail: { eventType, eventName, clusterArn: CLUSTER, ...others, createdAt: '2019-11-06T19:09:33.087Z' },
});

export const ACTIONS = {
  steadyState: action('INFO', 'SERVICE_STEADY_STATE'),
  capacityProviderSteadyState: action('INFO', 'CAPACITY_PROVIDER_STEADY_STATE', {
    capacityProviderArns: [
      'arn:aws:ecs:us-west-2:111122223333:capacity-provider/ASG-tutorial-capacity-provider',
    ],
  }),
  startImpaired: action('WARN', 'SERVICE_TASK_START_IMPAIRED'),
  noSpot: action('ERROR', 'SERVICE_TASK_PLACEMENT_FAILURE', {
    capacityProviderArns: ['arn:aws:ecs:us-west-2:111122223333:capacity-provider/FARGATE_SPOT'],
    reason: 'RESOURCE:FARGATE',
  }),
  noCpu: action('ERROR', 'SERVICE_TASK_PLACEMENT_FAILURE', {
    containerInstanceArns: [
      'arn:aws:ecs:us-west-2:111122223333:container-instance/default/2dd1b186f39845a584488d2ef155c131',
    ],
    reason: 'RESOURCE:CPU',
  }),
  /** AWS documents only the name of this event. */
  configurationFailure: action('ERROR', 'SERVICE_TASK_CONFIGURATION_FAILURE', { reason: 'unspecified' }),
  throttled: action('ERROR', 'ECS_OPERATION_THROTTLED'),
};

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html */
const deployment = (eventType: string, eventName: string, reason: string) => ({
  ...ACCOUNT,
  id: 'ddca6449-b258-46c0-8653-e0e3a6EXAMPLE',
  'detail-type': 'ECS Deployment State Change',
  time: '2020-05-23T12:31:14Z',
  resources: [SAMPLE_SERVICE],
  detail: { eventType, eventName, deploymentId: 'ecs-svc/123', updatedAt: '2020-05-23T11:11:11Z', reason },
});

export const DEPLOYMENTS = {
  inProgress: deployment(
    'INFO',
    'SERVICE_DEPLOYMENT_IN_PROGRESS',
    'ECS deployment deploymentId in progress.',
  ),
  rollingBack: deployment(
    'INFO',
    'SERVICE_DEPLOYMENT_IN_PROGRESS',
    'ECS deployment circuit breaker: rolling back to deploymentId deploymentID.',
  ),
  completed: deployment('INFO', 'SERVICE_DEPLOYMENT_COMPLETED', 'ECS deployment deploymentID completed.'),
  failed: deployment(
    'ERROR',
    'SERVICE_DEPLOYMENT_FAILED',
    'ECS deployment circuit breaker: task failed to start.',
  ),
};
