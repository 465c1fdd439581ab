import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { collectLines } from './lines';
import { PYTHON, pythonScript } from './python';

/** moto's own. */
export const MOTO_ACCOUNT_ID = '123456789012';

export interface Moto {
  endpoint: string;
  /** For `afterAll`. A test that is killed takes the server with it. */
  stop(): Promise<void>;
}

/** A server that answers as AWS's APIs do. */
export async function startMoto(): Promise<Moto> {
  const child = spawn(PYTHON, [pythonScript('moto_server.py')], { stdio: ['pipe', 'ignore', 'pipe'] });
  const lines = collectLines();
  createInterface({ input: child.stderr }).on('line', lines.add);
  const ended = once(child, 'close');
  const stop = async () => {
    child.stdin.end();
    await ended;
  };
  const line = await Promise.race([
    lines.find('Running on http://', 50_000),
    ended.then(() => {
      throw new Error(`moto did not start:\n${lines.all.join('\n')}`);
    }),
  ]);
  const endpoint = /http:\/\/[\d.:]+/.exec(line)![0];
  return { endpoint, stop };
}

/** Forgets everything that was made. */
export async function resetMoto({ endpoint }: Moto): Promise<void> {
  const { ok, status } = await fetch(`${endpoint}/moto-api/reset`, { method: 'POST' });
  if (!ok) throw new Error(`moto answered ${status}`);
}
