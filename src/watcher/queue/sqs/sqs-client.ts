import type { SQSClientConfig } from '@aws-sdk/client-sqs';
import { pause, type Clock } from '../../clock';
import { createBackoff } from '../backoff';
import type { SqsActions } from './actions';
import { findDestination, type Destination } from './destination';
import { createPoster, StaleConnectionError, type HttpAnswer, type Poster } from './post';
import { createSigningClock, type SigningClock } from './signing-clock';
import { SqsError } from './sqs-error';
import { ANSWER_TIMEOUT_MS, BODY_TIMEOUT_MS, CONNECT_TIMEOUT_MS, MAX_ATTEMPTS } from './timeouts';

/**
 * SQS's JSON protocol, and no more. The SDK finds where to call and signs; its general way through a call takes several
 * times the processor's time of this one, which at short jobs is half of what the watcher needs.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-json.html
 */
export interface SqsClient {
  /**
   * Calls, and again where it may pass.
   * @throws {SqsError} where SQS refuses
   * @throws {Error} where it does not answer, or there is no region or no credentials
   */
  call<Name extends keyof SqsActions>(
    name: Name,
    input: SqsActions[Name]['input'],
    options?: CallOptions,
  ): Promise<SqsActions[Name]['output']>;
  /** Closes the connections. */
  destroy(): void;
}

export interface CallOptions {
  signal?: AbortSignal;
  answerTimeoutMs?: number;
}

export interface SqsClientParts {
  clock: Clock;
  /** By which requests are signed. */
  timeOfDay: Pick<Clock, 'now'>;
  random: () => number;
  /** What the SDK is not to find by itself. */
  config?: SQSClientConfig;
}

export function createSqsClient(parts: SqsClientParts): SqsClient {
  const connection = new Connection(parts);
  return {
    call: async (name, input, options = {}) => {
      const backoff = createBackoff(parts.random);
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await connection.send(name, input, options);
        } catch (error) {
          const { signal } = options;
          if (attempt === MAX_ATTEMPTS || signal?.aborted || !isPassing(error)) throw error;
          if (!(error instanceof StaleConnectionError)) await pause(parts.clock, backoff.next(), signal);
        }
      }
    },
    destroy: () => {
      connection.close();
    },
  };
}

/** Whatever went wrong on the way may go right next time; what SQS refuses, it refuses again. */
const isPassing = (error: unknown) => !(error instanceof SqsError) || error.isPassing;

/** Found at the first call, and tried to be found again while that fails. */
class Connection {
  private readonly parts: SqsClientParts;
  private readonly time: SigningClock;
  private found: Promise<Destination & { poster: Poster }> | undefined;

  constructor(parts: SqsClientParts) {
    this.parts = parts;
    this.time = createSigningClock(parts.timeOfDay);
  }

  /** One attempt. */
  async send(name: string, input: object, { signal, answerTimeoutMs }: CallOptions): Promise<object> {
    const { endpoint, signer, poster } = await this.find();
    const body = JSON.stringify(input);
    const { hostname, port, pathname: path, protocol, host } = endpoint;
    const headers = { host, 'content-type': CONTENT_TYPE, 'x-amz-target': `AmazonSQS.${name}` };
    const request = { method: 'POST', protocol, hostname, port: Number(port), path, headers, body };
    const signed = await signer.sign(request, { signingDate: this.time.now() });
    const answer = await poster.post({
      headers: { ...signed.headers, 'content-length': String(Buffer.byteLength(body)) },
      body,
      signal,
      answerTimeoutMs: answerTimeoutMs ?? ANSWER_TIMEOUT_MS,
    });
    return this.outputOf(answer);
  }

  close(): void {
    void this.found?.then(({ poster }) => poster.close());
  }

  private outputOf({ status, date, body }: HttpAnswer): object {
    if (status === 200) return JSON.parse(body) as object;
    const error = new SqsError(status, body);
    if (this.time.correct(date)) error.isPassing = true;
    throw error;
  }

  private find() {
    return (this.found ??= this.search());
  }

  private async search() {
    try {
      const destination = await findDestination(this.parts.config ?? {});
      return {
        ...destination,
        poster: createPoster(destination.endpoint, { ...LIMITS, clock: this.parts.clock }),
      };
    } catch (error) {
      this.found = undefined;
      throw error;
    }
  }
}

const CONTENT_TYPE = 'application/x-amz-json-1.0';
const LIMITS = { connectTimeoutMs: CONNECT_TIMEOUT_MS, bodyTimeoutMs: BODY_TIMEOUT_MS };
