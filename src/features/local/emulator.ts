import { UserError } from '../../errors/user-error';
import { guardRequests } from './request-guard';

/** The embedded emulator of SQS, SNS and S3. */
export interface Emulator {
  /** On loopback only. */
  endpoint: string;
  port: number;
  stop(): Promise<void>;
}

export const LOOPBACK = '127.0.0.1';

export function emulatorEndpoint(port: number): string {
  return `http://${LOOPBACK}:${port}`;
}

interface EmulatorParts {
  /** 0 for any that is free. */
  port: number;
  region: string;
  /** Text for people. */
  onRefused: (text: string) => void;
}

/** @throws {UserError} `WATCHBOT_PORT_IN_USE` */
export async function startEmulator({ port, region, onRefused }: EmulatorParts): Promise<Emulator> {
  const { buildApp } = await load();
  // Its own `startFauxqs` listens on every interface of the machine: anyone near could run a worker here.
  const app = buildApp({ logger: false, defaultRegion: region });
  answerOnLoopbackUrls(app, region);
  guardRequests(app.server, onRefused);
  try {
    await app.listen({ port, host: LOOPBACK });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw portInUse(port, error);
  }
  const { port: actualPort } = app.server.address() as { port: number };
  return {
    endpoint: emulatorEndpoint(actualPort),
    port: actualPort,
    stop: async () => {
      // Polls wait for up to 20 s, and a server ends only when its connections have.
      app.server.closeAllConnections();
      await app.close();
    },
  };
}

/** Loaded only where it is used: it is a web server with the AWS SDK beside it. */
const load = () => import('../../vendor/fauxqs.mjs');

type App = ReturnType<Awaited<ReturnType<typeof load>>['buildApp']>;

/**
 * The emulator names its queues `http://sqs.REGION.localhost:PORT/…`, which many systems do not resolve, and knows them
 * by just that text. Here they have the address on which it listens, so that any client of this machine finds them.
 */
function answerOnLoopbackUrls(app: App, region: string): void {
  const ownHost = (port: string) => `http://sqs.${region}.localhost:${port}/`;
  app.addHook('preHandler', (request, _reply, done) => {
    const body = request.body as { QueueUrl?: unknown } | undefined;
    const url = typeof body?.QueueUrl === 'string' ? body.QueueUrl : '';
    const [, port, path] = /^https?:\/\/[^/:]+:(\d+)\/(.*)$/.exec(url) ?? [];
    if (body !== undefined && port !== undefined) body.QueueUrl = `${ownHost(port)}${path}`;
    done();
  });
  app.addHook('onSend', async (request, _reply, payload) => {
    const [, port = ''] = /:(\d+)$/.exec(request.headers.host ?? '') ?? [];
    if (typeof payload !== 'string') return payload;
    return Promise.resolve(payload.replaceAll(ownHost(port), `${emulatorEndpoint(Number(port))}/`));
  });
}

function portInUse(port: number, cause: unknown): UserError {
  return UserError.of(
    {
      code: 'WATCHBOT_PORT_IN_USE',
      place: '--port',
      given: `${port}, on which something listens already`,
      allowed: 'a free port of this machine',
      advice: 'stop the other `sls watchbot local`, or choose with --port (0: any free one)',
    },
    cause,
  );
}
