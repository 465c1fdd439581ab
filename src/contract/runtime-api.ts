import { MIB } from '../shared/sizes';
/**
 * Lambda's Runtime API: what passes between a runtime and whoever has its invocations.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
const VERSION = '/2018-06-01/runtime';

const INVOCATION = `${VERSION}/invocation`;

export const RuntimePath = {
  next: `${INVOCATION}/next`,
  initError: `${VERSION}/init/error`,
  response: (requestId: string) => `${INVOCATION}/${requestId}/response`,
  error: (requestId: string) => `${INVOCATION}/${requestId}/error`,
  /** The last two, taken apart: the id, and which of them. */
  end: new RegExp(`^${INVOCATION}/([^/]+)/(response|error)$`),
} as const;

/** In lower case, as Node gives the names of headers. */
export const RuntimeHeader = {
  requestId: 'lambda-runtime-aws-request-id',
  /** Milliseconds since 1970. */
  deadlineMs: 'lambda-runtime-deadline-ms',
  functionArn: 'lambda-runtime-invoked-function-arn',
  traceId: 'lambda-runtime-trace-id',
  /** From the runtime: the type of an error. */
  errorType: 'lambda-runtime-function-error-type',
  /** From the runtime: `streaming` if the answer comes in pieces. */
  responseMode: 'lambda-runtime-function-response-mode',
} as const;

/** Lambda's limit on an answer, 6 MB and a little for its frame: more is refused. */
export const MAX_ANSWER_BYTES = 6 * MIB + 100;

/** An error as a runtime reports it. */
export interface ReportedError {
  errorType: string;
  errorMessage: string;
}
