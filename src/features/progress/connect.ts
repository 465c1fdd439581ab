import { randomUUID } from 'node:crypto';
import { hrtime } from 'node:process';
import { ContainerVariable } from '../../contract/environment';
import { countedFrom, FIRST_PART_VARIABLE, readFirstPart, type FirstPart } from './counted-from';
import { createDynamoDbClient, type ClientClock } from './dynamodb/client';
import { findCredentials, type Credentials } from './dynamodb/credentials';
import { createDynamoDbTable } from './dynamodb/table';
import { ProgressError } from './errors';
import { createJobs, type Jobs } from './jobs';
import { JobStore } from './store';

interface ConnectOptions {
  environment: Readonly<Record<string, string | undefined>>;
  /** The table's ARN; taken from the environment, unless given. */
  table?: string | undefined;
  /** Found in the environment, unless given. */
  credentials?: (() => Promise<Credentials>) | undefined;
  /** Taken from the environment, unless given; else 1. */
  partsFrom?: FirstPart | undefined;
}

/** `performance` would do, but takes some milliseconds to load. */
const passedMs = () => Number(hrtime.bigint()) / 1e6;
const originMs = Date.now() - passedMs();

/** A clock that goes on evenly, even if the time of day is set. */
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
 * Gives the jobs of a table. Nothing is called yet.
 * @throws {ProgressError} `NO_TABLE`
 */
export function connectJobs({ environment, table, credentials, partsFrom }: ConnectOptions): {
  jobs: Jobs;
  close: () => void;
} {
  const address = addressOfTable(environment, table);
  const first = partsFrom ?? readFirstPart(environment[FIRST_PART_VARIABLE] ?? '1', FIRST_PART_VARIABLE);
  const client = createDynamoDbClient({
    address,
    credentials: credentials ?? (() => findCredentials(environment)),
    environment,
    clock,
    random: Math.random,
  });
  const nowMs = () => Math.round(client.nowMs());
  const jobs = createJobs({
    store: new JobStore(createDynamoDbTable(client, address.tableName), nowMs),
    nowMs,
    wait: (milliseconds) => new Promise((resolve) => void clock.after(milliseconds, () => resolve())),
    newId: randomUUID,
  });
  return {
    jobs: countedFrom(first, jobs),
    close: () => {
      client.close();
    },
  };
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Where the table is, and how it is reached. */
export interface TableAddress {
  tableName: string;
  region: string;
  endpoint: URL;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
const TABLE_ARN = /^arn:(aws[^:]*):dynamodb:([^:]+):\d+:table\/([A-Za-z0-9_.-]+)$/;

/** DNS suffixes of partitions; other partitions have that of the first. */
const SUFFIXES: Readonly<Record<string, string>> = {
  aws: 'amazonaws.com',
  'aws-cn': 'amazonaws.com.cn',
  'aws-iso': 'c2s.ic.gov',
  'aws-iso-b': 'sc2s.sgov.gov',
};

/**
 * @param arn the table's; taken from the environment, unless given
 * @throws {ProgressError} `NO_TABLE`
 */
function addressOfTable(environment: Environment, arn?: string): TableAddress {
  const given = arn ?? environment[ContainerVariable.progressTable];
  if (given === undefined || given === '') throw noTable('is not set');
  const [, partition = '', region, tableName] = TABLE_ARN.exec(given) ?? [];
  if (region === undefined || tableName === undefined) throw noTable(`is "${given}"`);
  const own = `https://dynamodb.${region}.${SUFFIXES[partition] ?? SUFFIXES.aws!}`;
  return { tableName, region, endpoint: new URL(givenEndpoint(environment) ?? own) };
}

/** The variables that the SDKs read; the last one is Watchbot's. */
function givenEndpoint(environment: Environment): string | undefined {
  const names = ['AWS_ENDPOINT_URL_DYNAMODB', 'AWS_ENDPOINT_URL', 'DynamoDbEndpoint'];
  return names.map((name) => environment[name]).find((value) => value !== undefined && value !== '');
}

function noTable(problem: string): ProgressError {
  const { progressTable } = ContainerVariable;
  const allowed = 'the ARN of a DynamoDB table, arn:aws:dynamodb:REGION:ACCOUNT:table/NAME';
  return new ProgressError(
    'NO_TABLE',
    `${progressTable} ${problem}, and should be ${allowed}; a worker with \`reduce: true\` has it`,
  );
}
