/**
 * For so long CloudFormation waits until a service's deployment is complete; then the update has failed, and the stack is
 * rolled back. https://repost.aws/knowledge-center/cloudformation-ecs-service-stabilize
 */
export const SERVICE_WAIT_SECONDS = 3 * 3_600;
