import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';

const HEALTH_BUNDLE = path.resolve(__dirname, '../../dist/layer/health.js');

let count = 0;

/** A new name for each test. Names of abstract sockets are shared by the whole machine. */
export function newSocketName(): string {
  count += 1;
  return `watchbot-test-${process.pid}-${count}`;
}

/** Runs the built health check, as ECS does in the container. */
export async function checkHealth(
  socketName: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [HEALTH_BUNDLE], {
    env: { WatchbotHealthCheck: socketName, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { code, output: output + errors };
}
