export {
  DescribeServicesCommand,
  ECSClient,
  GetTaskProtectionCommand,
  paginateListTasks,
} from '@aws-sdk/client-ecs';
