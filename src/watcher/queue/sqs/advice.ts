import { isOfCredentials } from '../../../aws-json/refusal';
import { AwsError } from '../../aws/aws-error';

/** What cures a refusal that comes again however often the call is made; undefined of all that may pass by itself. */
export function adviceOf(error: unknown): string | undefined {
  if (!(error instanceof AwsError)) return undefined;
  if (isOfCredentials(error.name)) return CREDENTIALS;
  return ADVICE.find(([codes]) => codes.test(error.name))?.[1];
}

const CREDENTIALS =
  'the credentials are none of this account, or not for this region: look for keys, a profile or an endpoint that the image sets';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html, and of the other calls. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /^(?:KMS\.|Kms)(?:AccessDenied|OptInRequired)/,
    "let the task's role use the queue's key: the key's policy or its account forbids it",
  ],
  [/^(?:KMS\.|Kms)(?!Throttl)/, "see to the queue's key: it is disabled, gone, or not for this use"],
  [/QueueDoesNotExist|NonExistentQueue/, 'deploy the service anew: its queue is gone'],
  [
    /AccessDenied|NotAuthorized|AuthorizationError|OptInRequired/,
    "give the task's role the right: if it has it, the queue's policy, a permissions boundary or a policy of the organisation takes it away",
  ],
  [/^InvalidAddress|UnsupportedOperation/, 'see to `queue.arn`: this is no queue that can be worked on so'],
];
