import { connect } from 'node:net';
import { ContainerVariable } from '../../contract/environment';
import { abstractSocket, HEALTH_SOCKET, healthSocketOf, HEALTHY } from '../../contract/image';

/** ECS gives the whole check 5 s, unless it is told otherwise. */
const ANSWER_TIMEOUT_MS = 4_000;

/** Longer than any answer of the watcher. */
const MAX_ANSWER_LENGTH = 200;

/** Resolves to the watcher's answer. A watcher that hangs gives none, though the system accepts its connections. */
async function ask(socketName: string): Promise<string> {
  const socket = connect(abstractSocket(socketName)).setEncoding('utf8');
  const timer = setTimeout(
    () => socket.destroy(new Error(`waited ${ANSWER_TIMEOUT_MS / 1000} s`)),
    ANSWER_TIMEOUT_MS,
  );
  let answer = '';
  try {
    for await (const chunk of socket) {
      answer += String(chunk);
      if (answer.length > MAX_ANSWER_LENGTH) break;
    }
  } finally {
    clearTimeout(timer);
  }
  return answer.slice(0, MAX_ANSWER_LENGTH).trim();
}

// If anything goes wrong here, the watcher does not count as healthy.
process.exitCode = 1;
const { ECS_CONTAINER_METADATA_URI_V4: metadataUri } = process.env;
ask(healthSocketOf(process.env[ContainerVariable.healthCheck] ?? HEALTH_SOCKET, metadataUri)).then(
  (answer) => {
    if (answer === HEALTHY) process.exitCode = 0;
    else process.stdout.write(`${answer || 'no answer from the watcher'}\n`);
  },
  (error: unknown) => {
    const { code, message } = error as NodeJS.ErrnoException;
    process.stdout.write(`no answer from the watcher (${code ?? message})\n`);
  },
);
