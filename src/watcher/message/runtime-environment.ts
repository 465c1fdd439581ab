import { ContainerVariable, RuntimeVariable } from '../../contract/environment';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What runtimes read in Lambda and the container does not have. AWS_REGION, the handler, the function's name and its
 * memory are the container's own.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
export function runtimeEnvironment(
  container: Environment,
  { taskRoot, logStream }: { taskRoot: string; logStream: string },
): Record<string, string | undefined> {
  return {
    [RuntimeVariable.functionVersion]: '$LATEST',
    [RuntimeVariable.initializationType]: 'provisioned-concurrency',
    [RuntimeVariable.taskRoot]: container[RuntimeVariable.taskRoot] ?? taskRoot,
    [RuntimeVariable.logGroup]: container[ContainerVariable.logGroup],
    [RuntimeVariable.logStream]: logStream,
  };
}

export interface QueueIdentity {
  region: string;
  /** As a handler's context names it: there is no such function. */
  functionArn: string;
}

/** From the ARN of the queue: `arn:aws:sqs:us-east-1:123456789012:name`. */
export function identityOf(queueArn: string, functionName: string): QueueIdentity {
  const [, partition = '', , region = '', account = ''] = queueArn.split(':');
  return { region, functionArn: `arn:${partition}:lambda:${region}:${account}:function:${functionName}` };
}
