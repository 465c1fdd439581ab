import { randomUUID } from 'node:crypto';
import { hrtime } from 'node:process';
import { createDynamoDbClient, type ClientClock } from './dynamodb/client';
import { findCredentials } from './dynamodb/credentials';
import { createDynamoDbTable } from './dynamodb/dynamodb-table';
import { placeOfTable } from './dynamodb/place';
import type { Credentials } from './dynamodb/sign';
import { createJobs, type Jobs } from './progress';
import { JobStore } from './store';

export interface ConnectParts {
  environment: Readonly<Record<string, string | undefined>>;
  /** ARN; of the environment, unless given. */
  table?: string | undefined;
  /** Of the environment, unless given. */
  credentials?: (() => Promise<Credentials>) | undefined;
}

/** `performance` would do, and takes some milliseconds to load. */
const passedMs = () => Number(hrtime.bigint()) / 1e6;
const originMs = Date.now() - passedMs();

/** Goes on evenly, even when the time of day is set. */
const clock: ClientClock = {
  now: () => originMs + passedMs(),
  after: (milliseconds, call) => {
    const timer = setTimeout(call, milliseconds);
    return () => {
      clearTimeout(timer);
    };
  },
};

/**
 * The jobs of a table. Nothing is called yet.
 * @throws {ProgressError} `NO_TABLE`
 */
export function connectJobs({ environment, table, credentials }: ConnectParts): {
  jobs: Jobs;
  close: () => void;
} {
  const place = placeOfTable(environment, table);
  const client = createDynamoDbClient({
    place,
    credentials: credentials ?? (() => findCredentials(environment)),
    environment,
    clock,
    random: Math.random,
  });
  const nowMs = () => Math.round(client.nowMs());
  const jobs = createJobs({
    store: new JobStore(createDynamoDbTable(client, place.tableName), nowMs),
    nowMs,
    wait: (milliseconds) => new Promise((resolve) => void clock.after(milliseconds, () => resolve())),
    newId: randomUUID,
  });
  return {
    jobs,
    close: () => {
      client.close();
    },
  };
}
