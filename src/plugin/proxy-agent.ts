import { Agent } from 'node:https';
import { proxyFor, withoutBrackets } from '../aws-json/proxy';
import { openTunnel, type LimitConnecting } from '../aws-json/route';

type Environment = Readonly<Record<string, string | undefined>>;

/** The variables by which frameworks find a proxy, whatever the scheme is, in their order. */
const NAMES = ['proxy', 'HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy'];

const CONNECT_MS = 30_000;
const limitConnecting: LimitConnecting = (giveUp) => {
  const timer = setTimeout(() => {
    giveUp(new Error(`the proxy did not connect within ${CONNECT_MS / 1000} s`));
  }, CONNECT_MS);
  return () => {
    clearTimeout(timer);
  };
};

/**
 * An agent for the proxy that the environment names, for a framework that keeps its own to itself: newer versions of
 * Serverless 4 give one to each of their clients. `NO_PROXY` is heeded.
 * @returns undefined if the environment names none
 */
export function proxyAgent(environment: Environment): Agent | undefined {
  const proxy = NAMES.map((name) => environment[name]).find((value) => value !== undefined && value !== '');
  if (proxy === undefined) return undefined;
  const { no_proxy, NO_PROXY } = environment;
  const agent = new Agent({ keepAlive: true });
  const direct = agent.createConnection.bind(agent);
  agent.createConnection = (options, done) => {
    const { host, port } = options as { host: string; port: number };
    const name = host.includes(':') ? `[${withoutBrackets(host)}]` : host;
    const endpoint = new URL(`https://${name}:${port}`);
    const through = proxyFor(endpoint, { HTTPS_PROXY: proxy, no_proxy, NO_PROXY });
    if (through === undefined) return direct(options, done);
    openTunnel(endpoint, through, limitConnecting).then(
      (socket) => done?.(null, socket),
      (error: unknown) => done?.(error as Error, undefined as never),
    );
    return undefined;
  };
  return agent;
}
