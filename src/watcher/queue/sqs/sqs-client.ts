import type { SQSClientConfig } from '@aws-sdk/client-sqs';
import { isOfCredentials } from '../../../aws-json/refusal';
import { createPoster, StaleConnectionError, type HttpAnswer, type Poster } from '../../../aws-json/post';
import { createSigningClock, type SigningClock } from '../../../aws-json/signing-clock';
import type { Clock } from '../../clock';
import type { SqsActions } from './actions';
import { findDestination } from './destination';
import { rememberSignatures, type Signatures } from './signatures';
import { ClockSkewError, SqsError, StaleCredentialsError } from './sqs-error';
import { ANSWER_TIMEOUT_MS, BODY_TIMEOUT_MS, CONNECT_TIMEOUT_MS } from './timeouts';

/**
 * SQS's JSON protocol, and no more. The SDK finds where to call and signs; its general way through a call takes several
 * times the processor's time of this one, which at short jobs is half of what the watcher needs.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-json.html
 */
export interface SqsClient {
  /**
   * One call, which is not made again where it fails.
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
  /** In which proxies are named. */
  environment?: Readonly<Record<string, string | undefined>>;
  /** What the SDK is not to find by itself. */
  config?: SQSClientConfig;
}

export function createSqsClient(parts: SqsClientParts): SqsClient {
  const connection = new Connection(parts);
  return {
    call: async (name, input, options = {}) => {
      try {
        return await connection.send(name, input, options);
      } catch (error) {
        if (!isCuredByNow(error)) throw error;
        return await connection.send(name, input, options);
      }
    },
    destroy: () => {
      connection.close();
    },
  };
}

/** All else is for the caller to try again, who knows how long it can wait: two who do so multiply what SQS is asked. */
const isCuredByNow = (error: unknown) =>
  error instanceof StaleConnectionError ||
  error instanceof ClockSkewError ||
  error instanceof StaleCredentialsError;

interface Found {
  endpoint: URL;
  signatures: Signatures;
  poster: Poster;
}

/** Found at the first call, and tried to be found again while that fails. */
class Connection {
  private readonly parts: SqsClientParts;
  private readonly time: SigningClock;
  private found: Promise<Found> | undefined;
  private renewing: Promise<void> | undefined;

  constructor(parts: SqsClientParts) {
    this.parts = parts;
    this.time = createSigningClock(parts.timeOfDay);
  }

  /** One attempt. */
  async send(name: string, input: object, { signal, answerTimeoutMs }: CallOptions): Promise<object> {
    const found = await this.find();
    const { endpoint, signatures, poster } = found;
    const body = JSON.stringify(input);
    const { hostname, port, pathname: path, protocol, host } = endpoint;
    const headers = { host, 'content-type': CONTENT_TYPE, 'x-amz-target': `AmazonSQS.${name}` };
    const request = { method: 'POST', protocol, hostname, port: Number(port), path, headers, body };
    const signed = await signatures.headersOf(request, this.time.now());
    const answer = await poster.post({
      headers: { ...signed, 'content-length': String(Buffer.byteLength(body)) },
      body,
      signal,
      answerTimeoutMs: answerTimeoutMs ?? ANSWER_TIMEOUT_MS,
    });
    if (answer.status !== 200) signatures.forget();
    try {
      return this.outputOf(answer);
    } catch (error) {
      if (error instanceof StaleCredentialsError) await this.renewSignatures(found, signatures);
      throw error;
    }
  }

  close(): void {
    void this.found?.then(({ poster }) => poster.close());
  }

  private outputOf({ status, date, body }: HttpAnswer): object {
    if (status === 200) return JSON.parse(body) as object;
    if (this.time.correct(date)) throw new ClockSkewError(status, body);
    const error = new SqsError(status, body);
    throw isOfCredentials(error.name) ? new StaleCredentialsError(status, body) : error;
  }

  /**
   * The SDK keeps credentials until their own end is near: another signer asks for them anew. Once for all the calls that
   * were refused by the same.
   */
  private async renewSignatures(found: Found, refused: Signatures): Promise<void> {
    if (found.signatures !== refused) return;
    this.renewing ??= findDestination(this.parts.config ?? {}).then(({ signer }) => {
      found.signatures = rememberSignatures(signer);
    });
    await this.renewing.finally(() => (this.renewing = undefined));
  }

  private find() {
    return (this.found ??= this.search());
  }

  private async search(): Promise<Found> {
    try {
      const { clock, environment, config = {} } = this.parts;
      const { endpoint, signer } = await findDestination(config);
      return {
        endpoint,
        signatures: rememberSignatures(signer),
        poster: createPoster(endpoint, { ...LIMITS, clock }, environment),
      };
    } catch (error) {
      this.found = undefined;
      throw error;
    }
  }
}

const CONTENT_TYPE = 'application/x-amz-json-1.0';
const LIMITS = { connectTimeoutMs: CONNECT_TIMEOUT_MS, bodyTimeoutMs: BODY_TIMEOUT_MS };
