import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { collectLines } from './lines';
import { PYTHON, pythonScript } from './python';

/** The account of moto. */
export const MOTO_ACCOUNT_ID = '123456789012';

export interface Moto {
  endpoint: string;
  /** Stops the server. Call it in `afterAll`. If the test is killed, the server ends, too. */
  stop(): Promise<void>;
}

/** Starts moto, a server that answers as AWS's APIs do. */
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

/** Empties moto's account. */
export async function resetMoto({ endpoint }: Moto): Promise<void> {
  const { ok, status } = await fetch(`${endpoint}/moto-api/reset`, { method: 'POST' });
  if (!ok) throw new Error(`moto answered ${status}`);
}
