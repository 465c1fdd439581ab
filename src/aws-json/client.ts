import { createPoster, StaleConnectionError, type HttpAnswer, type Poster, type Timers } from './post';

/** Where a service is, and who signs what goes there. */
export interface Destination {
  endpoint: URL;
  signer: RequestSigner;
}

/** A signer of the SDK, as far as it is needed. */
export interface RequestSigner {
  sign(request: SignableRequest, options: { signingDate: Date }): Promise<Pick<SignableRequest, 'headers'>>;
}

export interface SignableRequest {
  method: string;
  protocol: string;
  hostname: string;
  port: number;
  path: string;
  headers: Record<string, string>;
  body: string;
}

/** Nothing here may wait for ever: one connection that was cut silently would stop the watcher's loop. */
const CONNECT_TIMEOUT_MS = 5_000;
/** Until an answer begins, including the time to connect. */
export const ANSWER_TIMEOUT_MS = 10_000;
/** From its beginning to its end: up to ten messages of 1 MiB. */
const BODY_TIMEOUT_MS = 30_000;
const LIMITS = { connectTimeoutMs: CONNECT_TIMEOUT_MS, bodyTimeoutMs: BODY_TIMEOUT_MS };

/** A call is made once more, at once, if its connection was stale or it was signed by a wrong time. */
const MAX_ATTEMPTS = 2;

/** The longest that a call can take. Mostly it takes far less. */
export const longestCallMs = (answerTimeoutMs: number) => MAX_ATTEMPTS * (answerTimeoutMs + BODY_TIMEOUT_MS);

/** The longest that a call other than a poll can take. */
export const LONGEST_CALL_MS = longestCallMs(ANSWER_TIMEOUT_MS);

export interface CallOptions {
  signal?: AbortSignal;
  answerTimeoutMs?: number;
}

export interface AwsJsonOptions {
  /** Stands before the dot in `X-Amz-Target`. */
  target: string;
  contentType: `application/x-amz-json-1.${0 | 1}`;
  findDestination: () => Promise<Destination>;
  clock: Timers;
  /** The time of day with which requests are signed. */
  timeOfDay: TimeOfDay;
  /** It may name a proxy. */
  environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** Instead of the timeouts above. */
  limits?: { connectTimeoutMs: number; bodyTimeoutMs: number };
  /** Is called with the other side's time of day, as each answer has it. */
  onDate?: (date: string | undefined) => void;
}

/** Milliseconds since 1970. */
interface TimeOfDay {
  now(): number;
}

interface Found {
  endpoint: URL;
  signatures: Signatures;
  poster: Poster;
}

/**
 * A client of a service's JSON protocol, and no more. The watcher lets the SDK find where to call and sign; a call by the
 * SDK would take several times as much of the processor's time.
 */
export class AwsJsonClient {
  private readonly options: AwsJsonOptions;
  private readonly time: SigningClock;
  /** Found at the first call; if that fails, each further call tries again. */
  private found: Promise<Found> | undefined;
  private renewing: Promise<void> | undefined;

  constructor(options: AwsJsonOptions) {
    this.options = options;
    this.time = createSigningClock(options.timeOfDay);
  }

  /**
   * Makes one call. It is retried, once, only if what was wrong has been cured by then.
   * @throws {AwsError} if the service refuses
   * @throws {Error} if it does not answer, or there is no region or there are no credentials
   */
  async call(name: string, input: object, options?: CallOptions): Promise<object> {
    try {
      return await this.attempt(name, input, options);
    } catch (error) {
      if (!isCuredByNow(error)) throw error;
      return await this.attempt(name, input, options);
    }
  }

  close(): void {
    void this.found?.then(({ poster }) => poster.close());
  }

  /** Makes one call without a retry, for callers that retry by themselves. Throws as `call` does. */
  async attempt(name: string, input: object, { signal, answerTimeoutMs }: CallOptions = {}): Promise<object> {
    const { target, contentType } = this.options;
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
    this.options.onDate?.(date);
    if (status === 200) return JSON.parse(body) as object;
    if (this.time.correct(date)) throw new ClockSkewError(status, body);
    const error = new AwsError(status, body);
    throw isOfCredentials(error.name) ? new StaleCredentialsError(status, body) : error;
  }

  /**
   * The SDK keeps credentials until they are about to expire; a new signer asks for new ones. That is done once for all calls
   * that were refused for the same credentials.
   */
  private async renewSignatures(found: Found, refused: Signatures): Promise<void> {
    if (found.signatures !== refused) return;
    this.renewing ??= this.options.findDestination().then(({ signer }) => {
      found.signatures = rememberSignatures(signer);
    });
    await this.renewing.finally(() => (this.renewing = undefined));
  }

  private find() {
    return (this.found ??= this.search());
  }

  private async search(): Promise<Found> {
    try {
      const { clock, environment, findDestination, limits = LIMITS } = this.options;
      const { endpoint, signer } = await findDestination();
      return {
        endpoint,
        signatures: rememberSignatures(signer),
        poster: createPoster(endpoint, { ...limits, clock }, environment),
      };
    } catch (error) {
      this.found = undefined;
      throw error;
    }
  }
}

/** Only the caller retries anything else, since it knows how long it can wait: two who retry multiply the calls. */
const isCuredByNow = (error: unknown) =>
  error instanceof StaleConnectionError ||
  error instanceof ClockSkewError ||
  error instanceof StaleCredentialsError;

/** Signs requests. */
export interface Signatures {
  /** @returns the headers of the request, signed for the second of the date */
  headersOf(request: SignableRequest, date: Date): Promise<Readonly<Record<string, string>>>;
  /** Forgets what was signed, since credentials or time may have changed. */
  forget(): void;
}

/** A watcher's polls differ in how many messages they ask for, and in which of two times they wait. */
const MOST_KEPT = 20;

/** Longer requests have messages or handles in them, and are never made twice. */
const MOST_KEPT_CHARACTERS = 1_024;

/**
 * A signature is for one second of time, and with a backlog of short jobs the same poll is made many times in one second: it
 * is signed once, since signing takes as long as the rest of the call.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function rememberSignatures(signer: RequestSigner): Signatures {
  const kept = new Map<string, Readonly<Record<string, string>>>();
  let second = 0;
  return {
    headersOf: async (request, signingDate) => {
      const { body } = request;
      if (body.length > MOST_KEPT_CHARACTERS) return (await signer.sign(request, { signingDate })).headers;
      const now = Math.floor(signingDate.getTime() / 1000);
      if (now !== second || kept.size >= MOST_KEPT) kept.clear();
      second = now;
      const key = `${request.headers['x-amz-target']} ${body}`;
      const headers = kept.get(key) ?? (await signer.sign(request, { signingDate })).headers;
      if (now === second) kept.set(key, headers);
      return headers;
    },
    forget: () => {
      kept.clear();
    },
  };
}

/** The time of day with which requests are signed: AWS refuses one that is five minutes off. */
export interface SigningClock {
  now(): Date;
  /** Sets it by the other side's word, if that is far from what it was signed by. @returns whether it has been set */
  correct(date: string | undefined): boolean;
}

/** Less than AWS tolerates, so that a corrected request is not just refused again. */
const TOLERANCE_MS = 4 * 60_000;

export function createSigningClock(timeOfDay: TimeOfDay): SigningClock {
  let offsetMs = 0;
  return {
    now: () => new Date(timeOfDay.now() + offsetMs),
    correct: (date) => {
      const skewMs = Date.parse(date ?? '') - timeOfDay.now();
      if (Number.isNaN(skewMs) || Math.abs(skewMs - offsetMs) < TOLERANCE_MS) return false;
      offsetMs = skewMs;
      return true;
    },
  };
}

/** A service of AWS, or a proxy before it, has refused a call. */
export class AwsError extends Error {
  /** AWS's own code, such as `QueueDoesNotExist`. */
  override readonly name: string;

  readonly status: number;

  constructor(status: number, body: string) {
    const { code, text } = parseRefusal(body);
    super(text ?? `HTTP status ${status}`);
    this.name = code ?? 'AwsError';
    this.status = status;
  }
}

/** Both are undefined if the body is not AWS's: a proxy answers with a page of its own. */
function parseRefusal(body: string): { code?: string | undefined; text?: string | undefined } {
  try {
    const { __type: type, message, Message } = JSON.parse(body) as Record<string, unknown>;
    const text = message ?? Message;
    return {
      code: typeof type === 'string' ? type.slice(type.lastIndexOf('#') + 1) : undefined,
      text: typeof text === 'string' && text !== '' ? text : undefined,
    };
  } catch {
    return {};
  }
}

/** The call was refused for its time of day, which has been corrected since. */
export class ClockSkewError extends AwsError {}

/** The call was refused for its credentials, and new ones are asked for. */
class StaleCredentialsError extends AwsError {}

/** The credentials are not valid, or not any more: new ones may be. */
const OF_CREDENTIALS =
  /^(?:ExpiredToken|InvalidClientTokenId|UnrecognizedClient|InvalidAccessKeyId|InvalidToken|SignatureDoesNotMatch|InvalidSignature|MissingAuthenticationToken)/;

/** @param code AWS's own */
export const isOfCredentials = (code: string): boolean => OF_CREDENTIALS.test(code);
