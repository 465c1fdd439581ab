import { IMAGE_PREFIX, WORKER_AWS_VARIABLES } from '../contract/environment';

type Environment = Readonly<Record<string, string | undefined>>;

/** Lets the SDK, which reads it there, see in an environment what is the watcher's. */
export function seeOwnAws(environment: Record<string, string | undefined>, queueUrl: string): void {
  for (const [name, value] of Object.entries(ownAwsVariables(environment, queueUrl))) {
    if (value === undefined) Reflect.deleteProperty(environment, name);
    else environment[name] = value;
  }
}

/**
 * Who the watcher is for AWS, and where that is: what ECS says, and not what the image has for its programs. Without a
 * region, which not all of ECS's hosts give, it is the queue's own.
 * @returns variables to be set, and with undefined those that are not to be seen
 */
function ownAwsVariables(container: Environment, queueUrl: string): Environment {
  const ofImage = WORKER_AWS_VARIABLES.filter((name) => {
    const value = container[IMAGE_PREFIX + name];
    return value !== undefined && value !== '' && value === container[name];
  });
  const hidden: Environment = Object.fromEntries(ofImage.map((name) => [name, undefined]));
  const region = 'AWS_REGION' in hidden ? undefined : container.AWS_REGION;
  return { ...hidden, AWS_REGION: region || regionOfQueue(queueUrl) };
}

/** https://docs.aws.amazon.com/general/latest/gr/sqs-service.html */
const SQS_HOST = /^https:\/\/(?:sqs(?:-fips)?\.([a-z\d-]+)|([a-z\d-]+)\.queue)\./;

function regionOfQueue(url: string): string | undefined {
  const [, region, legacy] = SQS_HOST.exec(url) ?? [];
  return region ?? legacy;
}
