import type { ErrorCode } from './codes';
import type { Problem } from './problem';
import { UserError } from './user-error';

/** A call of AWS's API, in the words of AWS's documentation. */
export interface AwsCall {
  /** As IAM names it: `ecr:CreateRepository`. */
  action: string;
  region: string;
}

const FRAMEWORK_ERROR = 'ServerlessError';

/** A kind of failure: its names in AWS's services and SDK, and what a user can do. */
interface Kind {
  code: ErrorCode;
  names: readonly string[];
  allowed: string;
  advice: (call: AwsCall) => string;
}

/** Codes by which the framework says that it has found no credentials. */
const FRAMEWORK_CODES: readonly string[] = ['AWS_CREDENTIALS_NOT_FOUND', 'UNRECOGNIZED_AWS_PROFILE'];

const KINDS: readonly Kind[] = [
  {
    code: 'WATCHBOT_CREDENTIALS',
    names: [
      'CredentialsProviderError',
      'ExpiredToken',
      'ExpiredTokenException',
      'RequestExpired',
      'InvalidClientTokenId',
      'UnrecognizedClientException',
      'InvalidSignatureException',
      'SignatureDoesNotMatch',
      'MissingAuthenticationToken',
      'IncompleteSignature',
      ...FRAMEWORK_CODES,
    ],
    allowed: 'AWS credentials that are valid now, and in a region that the account has enabled',
    advice: ({ region }) =>
      `log in again, or name others with --aws-profile; see that ${region} is the region that you mean`,
  },
  {
    code: 'WATCHBOT_RIGHTS',
    names: ['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation', 'AuthorizationError'],
    allowed: 'credentials with that permission',
    advice: ({ action }) =>
      `give whoever deploys permission for ${action}; docs/permissions.md lists all of them`,
  },
  {
    code: 'WATCHBOT_UNREACHABLE',
    names: [
      'ENOTFOUND',
      'EAI_AGAIN',
      'ECONNREFUSED',
      'ECONNRESET',
      'ETIMEDOUT',
      'EHOSTUNREACH',
      'TimeoutError',
      'ECONNABORTED',
      'EPIPE',
      'EPROTO',
      'ENETUNREACH',
    ],
    allowed: 'a region of AWS that can be reached from here',
    advice: ({ region }) =>
      `see that there is a region ${region} (--region, provider.region), and the network`,
  },
  {
    code: 'WATCHBOT_UNREACHABLE',
    names: [
      'SELF_SIGNED_CERT_IN_CHAIN',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'ERR_TLS_CERT_ALTNAME_INVALID',
      'CERT_HAS_EXPIRED',
    ],
    allowed: 'a certificate that this machine trusts',
    advice: () => 'name the certificate of your proxy with NODE_EXTRA_CA_CERTS',
  },
  {
    code: 'WATCHBOT_AWS',
    // The SDK has retried already.
    names: ['Throttling', 'ThrottlingException', 'TooManyRequestsException', 'RequestLimitExceeded'],
    allowed: 'as many calls at a time as the account may make',
    advice: () => 'wait a minute, then run the command again: what is done is not done again',
  },
];

/**
 * Gives the result, or throws an error that users understand. An error that is meant for users already, such as one of the
 * framework, is passed on as it is.
 * @param place what was being done
 */
export async function explainAws<T>(call: AwsCall, place: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (isForUsers(error as AwsError)) throw error;
    throw UserError.of(awsProblem(error as AwsError, call, place), error);
  }
}

/** Errors of the network and of the framework have a code. */
type AwsError = Error & {
  code?: string;
  $metadata?: { httpStatusCode?: number; requestId?: string };
  /** Of an answer that the SDK could not read. */
  $response?: { statusCode?: number; headers?: Readonly<Record<string, string>> };
};

function isForUsers({ name, code = '' }: AwsError): boolean {
  return name === FRAMEWORK_ERROR && !FRAMEWORK_CODES.includes(code);
}

/** What no kind tells: AWS's own fault, or a refusal in its own words. */
function unknownProblem(error: AwsError, given: string): Omit<Problem, 'place'> {
  const { httpStatusCode: status = 0, requestId } = error.$metadata ?? {};
  if (status >= 500) {
    const advice =
      'wait a minute, then run the command again; see https://health.aws.amazon.com/health/status';
    return { code: 'WATCHBOT_AWS', given, allowed: 'an answer without a fault of AWS itself', advice };
  }
  const id = requestId === undefined ? '' : `; its request id, for AWS's support, is ${requestId}`;
  return {
    code: 'WATCHBOT_AWS',
    given,
    allowed: 'a call that AWS carries out',
    advice: `see what AWS says of it above, and whether stage, region and account are those that you mean${id}`,
  };
}

/**
 * Whether what answered is not AWS: a page of a proxy or of another server. The SDK has then no name for the error, and
 * tells of a character that it did not expect.
 */
function isNoAnswerOfAws({ name, message, $response }: AwsError): boolean {
  const type = Object.entries($response?.headers ?? {}).find(([key]) => key.toLowerCase() === 'content-type');
  return (
    type?.[1].includes('html') === true ||
    (name === 'SyntaxError' && message.includes('JSON')) ||
    message.includes('Deserialization error')
  );
}

const NO_ANSWER_OF_AWS = {
  code: 'WATCHBOT_UNREACHABLE',
  allowed: 'an answer of AWS, or of what stands in for it',
  advice:
    'something else answers there, as a proxy or a web server does: look at AWS_ENDPOINT_URL, HTTPS_PROXY and --port',
} as const;

function awsProblem(error: AwsError, call: AwsCall, place: string): Problem {
  if (isNoAnswerOfAws(error)) {
    const status = error.$response?.statusCode ?? error.$metadata?.httpStatusCode;
    const given = `${call.action} in ${call.region} was answered with what is no answer of AWS${status === undefined ? '' : ` (HTTP ${status})`}`;
    return { ...NO_ANSWER_OF_AWS, place, given };
  }
  const names = [error.name, error.code ?? ''];
  const kind = KINDS.find((each) => each.names.some((name) => names.includes(name)));
  const given =
    error.name === FRAMEWORK_ERROR
      ? error.message
      : `${call.action} in ${call.region} was answered with ${describe(error)}`;
  if (kind === undefined) return { place, ...unknownProblem(error, given) };
  return { code: kind.code, place, given, allowed: kind.allowed, advice: kind.advice(call) };
}

/** An error of the network often has no message but its code. */
function describe({ name, message, code }: AwsError): string {
  const what = name === 'Error' && code !== undefined ? code : name;
  return message === '' ? what : `${what}: ${message}`;
}
