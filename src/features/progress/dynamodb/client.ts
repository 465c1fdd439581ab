import { AwsError, AwsJsonClient, ClockSkewError, type Destination } from '../../../aws-json/client';
import { proxyFor } from '../../../aws-json/proxy';
import { exponentialWait } from '../../../shared/backoff';
import type { TableAddress } from '../connect';
import { ProgressError } from '../errors';
import { signedHeaders, type Credentials } from './credentials';

/** A client of DynamoDB's JSON protocol, and no more. */
export interface DynamoDbClient {
  /**
   * Retries while that may help.
   * @throws {AwsError} if DynamoDB refuses
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

/** @throws {Error} if the environment names a proxy that is none: it is told at once, not after all retries */
export function createDynamoDbClient(input: ClientInput): DynamoDbClient {
  const { address, clock, environment = {} } = input;
  proxyFor(address.endpoint, environment);
  /** How far DynamoDB's clock is ahead of this machine's. */
  let offsetMs = 0;
  const client = new AwsJsonClient({
    target: 'DynamoDB_20120810',
    contentType: 'application/x-amz-json-1.0',
    findDestination: () => findDynamoDb(input),
    clock,
    timeOfDay: clock,
    environment,
    limits: LIMITS,
    onDate: (date) => {
      const saidMs = Date.parse(date ?? '');
      if (!Number.isNaN(saidMs)) offsetMs = saidMs - clock.now();
    },
  });
  return {
    call: (name, request) =>
      persistently(input, () => client.attempt(name, request, { answerTimeoutMs: ANSWER_TIMEOUT_MS })),
    nowMs: () => clock.now() + offsetMs,
    close: () => {
      client.close();
    },
  };
}

async function findDynamoDb({ address, credentials }: ClientInput): Promise<Destination> {
  const { endpoint, region } = address;
  const found = await credentials();
  const sign: Destination['signer']['sign'] = ({ headers, body }, { signingDate: time }) =>
    Promise.resolve({
      headers: signedHeaders({ headers, body, time }, found, { region, service: 'dynamodb' }),
    });
  return { endpoint, signer: { sign } };
}

async function persistently(
  { address, clock, random }: ClientInput,
  attempt: () => Promise<object>,
): Promise<Record<string, unknown>> {
  for (let count = 1; ; count += 1) {
    try {
      return (await attempt()) as Record<string, unknown>;
    } catch (error) {
      if (count >= MOST_ATTEMPTS || !mayPass(error)) throw explained(error, address);
      const longestMs = exponentialWait(count - 1, WAIT_MS);
      await new Promise<void>((resolve) => void clock.after(longestMs * random(), resolve));
    }
  }
}

/** Whether a retry may help. All updates may be made twice. */
function mayPass(error: unknown): boolean {
  if (error instanceof ProgressError) return false;
  if (!(error instanceof AwsError) || error instanceof ClockSkewError) return true;
  return error.status >= 500 || error.status === 429 || PASSING.test(error.name) || EXPIRED.test(error.name);
}

function explained(error: unknown, { endpoint, tableName }: TableAddress): unknown {
  if (error instanceof AwsError || error instanceof ProgressError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new ProgressError('TABLE', `the table ${tableName} at ${endpoint.host}: ${reason}`, error);
}
