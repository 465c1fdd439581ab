import type { Agent, ClientRequest, RequestOptions } from 'node:http';
import { getBuiltinModule } from 'node:process';
import type { TLSSocket } from 'node:tls';
import { proxyFor, withoutBrackets } from './proxy';

/** How requests get to an endpoint, over connections that are kept open. */
export interface Route {
  open(options: RequestOptions): ClientRequest;
  /** Options of every request. */
  options: RequestOptions & { agent: Agent };
  /** Headers that are added to the signed ones. */
  headers: Readonly<Record<string, string>>;
  /** The event after which a socket can be written to. */
  connected: 'connect' | 'secureConnect';
}

/** Calls back after the time, unless cancelled. */
export type LimitConnecting = (giveUp: (reason: Error) => void) => () => void;

/** @throws {Error} if the environment names a proxy by what is no address of one */
export function routeTo(
  endpoint: URL,
  environment: Readonly<Record<string, string | undefined>>,
  limitConnecting: LimitConnecting,
): Route {
  const proxy = proxyFor(endpoint, environment);
  if (proxy === undefined) return routeBy(endpoint, endpoint.pathname);
  // The proxy reads the whole address, and forwards the request: what is signed stays the same.
  if (endpoint.protocol === 'http:') {
    return { ...routeBy(proxy, endpoint.href), headers: authorization(proxy) };
  }
  return routeBy(endpoint, endpoint.pathname, tunnelAgent(endpoint, proxy, limitConnecting));
}

function routeBy(server: URL, path: string, agent?: Agent): Route {
  const isTls = server.protocol === 'https:';
  // Only the module that is used is loaded: a program that runs once for each part of a job mostly starts.
  const { request, Agent: OwnAgent } = getBuiltinModule(isTls ? 'node:https' : 'node:http');
  return {
    open: request,
    options: {
      method: 'POST',
      hostname: withoutBrackets(server.hostname),
      port: server.port,
      path,
      // Not Node's own agent, which takes proxies from a variable of its own, and by other rules.
      agent: agent ?? new OwnAgent({ keepAlive: true }),
    },
    headers: {},
    connected: isTls ? 'secureConnect' : 'connect',
  };
}

/** An agent whose connections go through the proxy, which cannot read what passes. */
function tunnelAgent(endpoint: URL, proxy: URL, limitConnecting: LimitConnecting): Agent {
  const agent = new (getBuiltinModule('node:https').Agent)({ keepAlive: true });
  agent.createConnection = (_options, done) => {
    openTunnel(endpoint, proxy, limitConnecting).then(
      (socket) => done?.(null, socket),
      (error: unknown) => done?.(error as Error, undefined as never),
    );
    return undefined;
  };
  return agent;
}

/** https://www.rfc-editor.org/rfc/rfc9110#name-connect */
export function openTunnel(endpoint: URL, proxy: URL, limitConnecting: LimitConnecting): Promise<TLSSocket> {
  const { request } = getBuiltinModule(proxy.protocol === 'https:' ? 'node:https' : 'node:http');
  const { connect } = getBuiltinModule('node:tls');
  const { isIP } = getBuiltinModule('node:net');
  const host = withoutBrackets(endpoint.hostname);
  const target = `${endpoint.hostname}:${endpoint.port || '443'}`;
  return new Promise((resolve, reject) => {
    const asked = request({
      method: 'CONNECT',
      hostname: withoutBrackets(proxy.hostname),
      port: proxy.port,
      path: target,
      headers: { host: target, ...authorization(proxy) },
      agent: false,
    });
    let tunnel: TLSSocket | undefined;
    const fail = (error: Error) => {
      cancel();
      asked.destroy();
      tunnel?.destroy();
      reject(error);
    };
    const cancel = limitConnecting(fail);
    asked.once('error', fail);
    asked.once('connect', ({ statusCode }, socket) => {
      if (statusCode !== 200) return fail(refused(proxy, statusCode));
      tunnel = connect({ socket, host, servername: isIP(host) === 0 ? host : undefined });
      tunnel.once('error', fail);
      tunnel.once('secureConnect', () => {
        cancel();
        resolve(tunnel!);
      });
    });
    asked.end();
  });
}

const refused = ({ host }: URL, statusCode = 0) =>
  new Error(
    statusCode === 407
      ? `the proxy ${host} wants a user and a password: http://USER:PASSWORD@${host}`
      : `the proxy ${host} does not connect: HTTP status ${statusCode}`,
  );

function authorization({ username, password }: URL): Record<string, string> {
  if (username === '') return {};
  const [user, secret] = [username, password].map(decoded);
  return { 'proxy-authorization': `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}` };
}

/** A password may contain a plain percent sign. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
