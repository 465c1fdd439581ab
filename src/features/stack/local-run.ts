import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import type { Clock } from '../../shared/clock';
import { isMap, parseObject } from '../../shared/json';

/** A run of `sls watchbot local`, as other commands in the same folder find it. */
export interface LocalRunRecord {
  /** Of this run: the next one has another. */
  id: string;
  /** Of the emulator. */
  endpoint: string;
  /** By worker and by the name in `${watchbot:WORKER.NAME}`: what it is in the emulator. */
  references: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Not in the folder of the run's log, which begins anew with each run. */
const recordFile = (serviceFolder: string) =>
  path.join(serviceFolder, '.serverless', 'watchbot', 'local-run.json');

/** `sls package` in the same folder removes the file: it is written again so soon. */
const KEEP_MS = 1000;

/**
 * Makes a run known until `end`.
 * @throws if the file cannot be written the first time
 */
export async function publishLocalRun(
  serviceFolder: string,
  run: Omit<LocalRunRecord, 'id'>,
  clock: Pick<Clock, 'every'>,
): Promise<{ end(): Promise<void> }> {
  const file = recordFile(serviceFolder);
  const text = JSON.stringify({ id: randomUUID(), ...run } satisfies LocalRunRecord);
  const write = async () => {
    await mkdir(path.dirname(file), { recursive: true });
    // Only its owner may say where messages go.
    await writeFile(file, text, { mode: 0o600 });
  };
  await write();
  let writing: Promise<void> | undefined;
  const keep = async () => {
    // Somebody else may have begun a run here: then the file is theirs.
    if ((await textOf(file)) === undefined) await write();
  };
  const cancel = clock.every(KEEP_MS, () => {
    writing ??= keep()
      .catch(() => undefined)
      .then(() => {
        writing = undefined;
      });
  });
  return {
    end: async () => {
      cancel();
      await writing;
      if ((await textOf(file)) === text) await rm(file, { force: true });
    },
  };
}

/** The run that is up; undefined if there is none. A run that was killed has left its file, but nobody answers. */
export async function findLocalRun(serviceFolder: string): Promise<LocalRunRecord | undefined> {
  const record = await readRecord(serviceFolder);
  return record !== undefined && (await isListening(record.endpoint)) ? record : undefined;
}

/** Tells whether the run at an endpoint has ended since. */
export async function watchLocalRun(
  serviceFolder: string,
  endpoint: string,
): Promise<() => Promise<boolean>> {
  const first = await readRecord(serviceFolder);
  return async () => {
    const now = await readRecord(serviceFolder);
    if (first !== undefined && now !== undefined && now.id !== first.id) return true;
    return !(await isListening(endpoint));
  };
}

const LOOPBACK = /^http:\/\/127\.0\.0\.1:\d+$/;

async function readRecord(serviceFolder: string): Promise<LocalRunRecord | undefined> {
  const { id, endpoint, references } = parseObject((await textOf(recordFile(serviceFolder))) ?? '') ?? {};
  // Whatever a file says, messages go to this machine only.
  const isRecord = typeof endpoint === 'string' && LOOPBACK.test(endpoint) && isMap(references);
  if (typeof id !== 'string' || !isRecord) return undefined;
  return { id, endpoint, references: references as LocalRunRecord['references'] };
}

function textOf(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}

function isListening(endpoint: string): Promise<boolean> {
  const { hostname, port } = new URL(endpoint);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
