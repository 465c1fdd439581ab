import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../helpers/framework';

/*
 * The AWS actions that the container calls, read from its sources. If it calls a new one, a test finds the missing
 * permission.
 */

const FOLDERS = ['watcher', 'features/progress', 'runtime', 'aws-json'];

interface Source {
  name: string;
  text: string;
}

const SOURCES: readonly Source[] = FOLDERS.flatMap((folder) =>
  readdirSync(path.join(ROOT, 'src', folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => ({
      name: `${folder}/${name}`,
      text: readFileSync(path.join(ROOT, 'src', folder, name), 'utf8'),
    })),
);

/** Files that can connect to another process or machine, and why. A new one might call AWS. */
export const SPEAKERS: Readonly<Record<string, string>> = {
  'aws-json/post.ts': 'sends the requests of the clients of SQS, ECS and DynamoDB',
  'aws-json/proxy.ts': 'finds the proxy for them',
  'aws-json/route.ts': 'opens the connection for them',
  'features/progress/dynamodb/credentials.ts': 'asks ECS for credentials, which needs no permission',
  'runtime/client.ts': 'connects to the watcher on loopback',
  'watcher/health/health.ts': 'answers the health check',
  'watcher/health/main.ts': 'connects to the watcher by a socket',
  'watcher/task/ecs.ts': 'asks ECS for the metadata of the task, which needs no permission',
  'watcher/task/protection.ts': 'asks the agent of ECS, which asks ECS in the name of the task role',
  'watcher/worker/warm/runtime-api.ts': 'answers workers on loopback',
};

export function speakers(): string[] {
  return SOURCES.filter(({ text }) => /\bfetch\(|'node:(?:http|https|http2|net|tls|dgram)'/.test(text))
    .map(({ name }) => name)
    .sort();
}

/** The IAM name of each service, by its target in AWS's JSON protocol. */
const TARGETS: Readonly<Record<string, string>> = {
  AmazonSQS: 'sqs',
  AmazonEC2ContainerServiceV20141113: 'ecs',
  DynamoDB_20120810: 'dynamodb',
};

/** Services of AWS that the container calls. */
export function targets(): string[] {
  return SOURCES.flatMap(({ text }) =>
    [...text.matchAll(/(?:'x-amz-target': `(\w+)\.|\btarget: '(\w+)')/g)].map(
      ([, header, target]) => TARGETS[(header ?? target)!] ?? (header ?? target)!,
    ),
  ).sort();
}

/** IAM actions that a folder's code calls. A batch call has the same IAM action as the call for one message. */
function called(folder: string, service: string): string[] {
  const names = SOURCES.filter(({ name }) => name.startsWith(folder)).flatMap(({ text }) =>
    [...text.matchAll(/\bcall\('(\w+)'/g)].map(([, name]) => name!.replace(/Batch$/, '')),
  );
  return [...new Set(names)].sort().map((name) => `${service}:${name}`);
}

const PROTECTION = { PUT: 'ecs:UpdateTaskProtection', GET: 'ecs:GetTaskProtection' };

export const actions = {
  watcher: called('watcher/queue', 'sqs'),
  progress: called('features/progress/dynamodb', 'dynamodb'),
  look: called('watcher/task', 'ecs'),
  /** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html */
  protection: SOURCES.flatMap(({ text }) =>
    [...text.matchAll(/task-protection\/v1\/state`(?:, \{\s*method: '(PUT|GET)')?/g)].map(
      ([, method]) => PROTECTION[(method ?? 'GET') as keyof typeof PROTECTION],
    ),
  ),
};
