import { createSigningClock, parseRefusal } from '../../../aws-json/client';
import { createPoster, type HttpAnswer, type Poster } from '../../../aws-json/post';
import { exponentialWait } from '../../../shared/backoff';
import type { TableAddress } from '../connect';
import { ProgressError } from '../errors';
import { signedHeaders, type Credentials } from './credentials';

/** A client of DynamoDB's JSON protocol, and no more. */
export interface DynamoDbClient {
  /**
   * Retries while that may help.
   * @throws {Refusal} if DynamoDB refuses
   * @throws {ProgressError} `TABLE` if it does not answer
   */
  call(name: 'GetItem' | 'UpdateItem', input: object): Promise<Record<string, unknown>>;
  /**
   * DynamoDB's time, as far as its answers tell it; before the first answer, this machine's. Milliseconds since 1970.
   */
  nowMs(): number;
  /** Closes the connections. */
  close(): void;
}

/** DynamoDB has answered that it did not do what it was asked. */
export class Refusal extends Error {
  override readonly name: string;
  readonly status: number;

  constructor(status: number, body: string) {
    const { code, text } = parseRefusal(body);
    super(text ?? `HTTP status ${status}`);
    this.name = code ?? 'Refusal';
    this.status = status;
  }
}

interface ClientInput {
  address: TableAddress;
  credentials: () => Promise<Credentials>;
  /** It may name a proxy. */
  environment?: Readonly<Record<string, string | undefined>>;
  clock: ClientClock;
  random: () => number;
}

export interface ClientClock {
  /** Milliseconds since 1970. */
  now(): number;
  after(milliseconds: number, call: () => void): () => void;
}

const LIMITS = { connectTimeoutMs: 3_000, bodyTimeoutMs: 10_000 };
const ANSWER_TIMEOUT_MS = 5_000;

/** With the waits between them, about half a minute: within that, an on-demand table adapts to a burst. */
const MOST_ATTEMPTS = 12;
const WAIT_MS = { first: 50, most: 5_000 };

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html */
const PASSING =
  /Throttl|ProvisionedThroughputExceeded|RequestLimitExceeded|TransactionInProgress|InternalServerError/;
/** The task has just been given new credentials. */
const EXPIRED = /ExpiredToken|UnrecognizedClient|InvalidClientTokenId/;

export function createDynamoDbClient(input: ClientInput): DynamoDbClient {
  const connection = new Connection(input);
  return {
    call: (name, input) => connection.call(name, JSON.stringify(input)),
    nowMs: () => connection.nowMs(),
    close: () => {
      connection.close();
    },
  };
}

class Connection {
  private readonly input: ClientInput;
  private readonly poster: Poster;
  private readonly signing;
  private credentials: Promise<Credentials> | undefined;
  /** How far DynamoDB's clock is ahead of this machine's. */
  private offsetMs = 0;

  constructor(input: ClientInput) {
    this.input = input;
    this.poster = createPoster(input.address.endpoint, { ...LIMITS, clock: input.clock }, input.environment);
    this.signing = createSigningClock(input.clock);
  }

  nowMs(): number {
    return this.input.clock.now() + this.offsetMs;
  }

  close(): void {
    this.poster.close();
  }

  async call(name: string, body: string): Promise<Record<string, unknown>> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.attempt(name, body);
      } catch (error) {
        if (attempt >= MOST_ATTEMPTS || !mayPass(error)) throw explained(error, this.input.address);
        await this.waitAfter(attempt);
      }
    }
  }

  private async attempt(name: string, body: string): Promise<Record<string, unknown>> {
    const { endpoint, region } = this.input.address;
    const credentials = await this.findCredentials();
    const headers = {
      host: endpoint.host,
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${name}`,
    };
    const asked = { headers, body, time: this.signing.now() };
    const signed = signedHeaders(asked, credentials, { region, service: 'dynamodb' });
    const answer = await this.poster.post({
      headers: { ...signed, 'content-length': String(Buffer.byteLength(body)) },
      body,
      answerTimeoutMs: ANSWER_TIMEOUT_MS,
    });
    return this.outputOf(answer);
  }

  private async findCredentials(): Promise<Credentials> {
    try {
      return await (this.credentials ??= this.input.credentials());
    } catch (error) {
      this.credentials = undefined;
      throw error;
    }
  }

  private outputOf({ status, date, body }: HttpAnswer): Record<string, unknown> {
    const isCorrected = this.signing.correct(date);
    const saidMs = Date.parse(date ?? '');
    if (!Number.isNaN(saidMs)) this.offsetMs = saidMs - this.input.clock.now();
    if (status === 200) return JSON.parse(body) as Record<string, unknown>;
    const refusal = new Refusal(status, body);
    if (EXPIRED.test(refusal.name)) this.credentials = undefined;
    throw isCorrected ? new WrongTime(refusal.message) : refusal;
  }

  private waitAfter(attempt: number): Promise<void> {
    const { clock, random } = this.input;
    const ceilingMs = exponentialWait(attempt - 1, WAIT_MS);
    return new Promise((resolve) => {
      clock.after(ceilingMs * random(), resolve);
    });
  }
}

/** The request was signed with a wrong time, which has been corrected since. */
class WrongTime extends Error {}

/** Whether a retry may help. All updates may be made twice. */
function mayPass(error: unknown): boolean {
  if (error instanceof ProgressError) return false;
  if (!(error instanceof Refusal)) return true;
  return error.status >= 500 || error.status === 429 || PASSING.test(error.name) || EXPIRED.test(error.name);
}

function explained(error: unknown, { endpoint, tableName }: TableAddress): unknown {
  if (error instanceof Refusal || error instanceof ProgressError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new ProgressError('TABLE', `the table ${tableName} at ${endpoint.host}: ${reason}`, error);
}
