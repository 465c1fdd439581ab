import { createPoster, StaleConnectionError, type HttpAnswer, type Poster } from '../../aws-json/post';
import { isOfCredentials } from '../../aws-json/refusal';
import { createSigningClock, type SigningClock } from '../../aws-json/signing-clock';
import type { Clock } from '../clock';
import { AwsError, ClockSkewError, StaleCredentialsError } from './aws-error';
import type { Destination } from './destination';
import { rememberSignatures, type Signatures } from './signatures';
import { ANSWER_TIMEOUT_MS, BODY_TIMEOUT_MS, CONNECT_TIMEOUT_MS } from './timeouts';

export interface CallOptions {
  signal?: AbortSignal;
  answerTimeoutMs?: number;
}

export interface ConnectionParts {
  /** Before the dot of an action's name. */
  target: string;
  contentType: `application/x-amz-json-1.${0 | 1}`;
  findDestination: () => Promise<Destination>;
  clock: Clock;
  /** By which requests are signed. */
  timeOfDay: Pick<Clock, 'now'>;
  /** In which proxies are named. */
  environment?: Readonly<Record<string, string | undefined>> | undefined;
}

interface Found {
  endpoint: URL;
  signatures: Signatures;
  poster: Poster;
}

/**
 * A service's JSON protocol, and no more. The SDK finds where to call and signs; its general way through a call takes
 * several times the processor's time of this one.
 */
export class Connection {
  private readonly parts: ConnectionParts;
  private readonly time: SigningClock;
  /** Found at the first call, and tried to be found again while that fails. */
  private found: Promise<Found> | undefined;
  private renewing: Promise<void> | undefined;

  constructor(parts: ConnectionParts) {
    this.parts = parts;
    this.time = createSigningClock(parts.timeOfDay);
  }

  /**
   * One call, which is made again only where that cures by itself what was wrong.
   * @throws {AwsError} where the service refuses
   * @throws {Error} where it does not answer, or there is no region or no credentials
   */
  async call(name: string, input: object, options: CallOptions = {}): Promise<object> {
    try {
      return await this.send(name, input, options);
    } catch (error) {
      if (!isCuredByNow(error)) throw error;
      return await this.send(name, input, options);
    }
  }

  close(): void {
    void this.found?.then(({ poster }) => poster.close());
  }

  /** One attempt. */
  private async send(name: string, input: object, { signal, answerTimeoutMs }: CallOptions): Promise<object> {
    const { target, contentType } = this.parts;
    const found = await this.find();
    const { endpoint, signatures, poster } = found;
    const body = JSON.stringify(input);
    const { hostname, port, pathname: path, protocol, host } = endpoint;
    const headers = { host, 'content-type': contentType, 'x-amz-target': `${target}.${name}` };
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

  private outputOf({ status, date, body }: HttpAnswer): object {
    if (status === 200) return JSON.parse(body) as object;
    if (this.time.correct(date)) throw new ClockSkewError(status, body);
    const error = new AwsError(status, body);
    throw isOfCredentials(error.name) ? new StaleCredentialsError(status, body) : error;
  }

  /**
   * The SDK keeps credentials until their own end is near: another signer asks for them anew. Once for all the calls that
   * were refused by the same.
   */
  private async renewSignatures(found: Found, refused: Signatures): Promise<void> {
    if (found.signatures !== refused) return;
    this.renewing ??= this.parts.findDestination().then(({ signer }) => {
      found.signatures = rememberSignatures(signer);
    });
    await this.renewing.finally(() => (this.renewing = undefined));
  }

  private find() {
    return (this.found ??= this.search());
  }

  private async search(): Promise<Found> {
    try {
      const { clock, environment, findDestination } = this.parts;
      const { endpoint, signer } = await findDestination();
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

const LIMITS = { connectTimeoutMs: CONNECT_TIMEOUT_MS, bodyTimeoutMs: BODY_TIMEOUT_MS };

/** All else is for the caller to try again, who knows how long it can wait: two who do so multiply what is asked. */
const isCuredByNow = (error: unknown) =>
  error instanceof StaleConnectionError ||
  error instanceof ClockSkewError ||
  error instanceof StaleCredentialsError;
