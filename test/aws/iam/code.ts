import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../helpers/framework';

/** What the code of the container asks AWS for, read from its sources: what it newly asks for is found to lack a right. */

const FOLDERS = ['watcher', 'progress', 'runtime', 'aws-json'];

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

/** The files that can speak to another process or machine, each with what it does there. A new one may call AWS. */
export const SPEAKERS: Readonly<Record<string, string>> = {
  'aws-json/post.ts': 'sends what the clients of SQS, ECS and DynamoDB ask',
  'aws-json/proxy.ts': 'finds the way for it',
  'aws-json/route.ts': 'opens the connection for it',
  'progress/dynamodb/credentials.ts': 'asks ECS for credentials: that takes no right',
  'runtime/client.ts': 'speaks to the watcher on loopback',
  'watcher/health/main.ts': 'speaks to the watcher by a socket',
  'watcher/health/server.ts': 'answers it',
  'watcher/task/log-stream.ts': 'asks ECS for the metadata of the task: that takes no right',
  'watcher/task/own-service.ts': 'asks ECS for the metadata of the task: that takes no right',
  'watcher/task/protection.ts': 'asks the agent of ECS, which asks ECS in the name of the task role',
  'watcher/worker/warm/requests.ts': 'answers workers on loopback',
  'watcher/worker/warm/runtime-api.ts': 'answers workers on loopback',
};

export function speakers(): string[] {
  return SOURCES.filter(({ text }) => /\bfetch\(|'node:(?:http|https|http2|net|tls|dgram)'/.test(text))
    .map(({ name }) => name)
    .sort();
}

/** Each target of AWS's JSON protocol, by its service in IAM. */
const TARGETS: Readonly<Record<string, string>> = {
  AmazonSQS: 'sqs',
  AmazonEC2ContainerServiceV20141113: 'ecs',
  DynamoDB_20120810: 'dynamodb',
};

/** Services of AWS whose protocol the container speaks. */
export function targets(): string[] {
  return SOURCES.flatMap(({ text }) =>
    [...text.matchAll(/(?:'x-amz-target': `(\w+)\.|\btarget: '(\w+)')/g)].map(
      ([, header, target]) => TARGETS[(header ?? target)!] ?? (header ?? target)!,
    ),
  ).sort();
}

/** What is called by name in a folder. IAM knows the call of one message, and of several, by the same name. */
function called(folder: string, service: string): string[] {
  const names = SOURCES.filter(({ name }) => name.startsWith(folder)).flatMap(({ text }) =>
    [...text.matchAll(/\bcall\('(\w+)'/g)].map(([, name]) => name!.replace(/Batch$/, '')),
  );
  return [...new Set(names)].sort().map((name) => `${service}:${name}`);
}

const PROTECTION = { PUT: 'ecs:UpdateTaskProtection', GET: 'ecs:GetTaskProtection' };

export const actions = {
  watcher: called('watcher/queue', 'sqs'),
  progress: called('progress/dynamodb', 'dynamodb'),
  look: called('watcher/task', 'ecs'),
  /** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html */
  protection: SOURCES.flatMap(({ text }) =>
    [...text.matchAll(/task-protection\/v1\/state`(?:, \{\s*method: '(PUT|GET)')?/g)].map(
      ([, method]) => PROTECTION[(method ?? 'GET') as keyof typeof PROTECTION],
    ),
  ),
};
