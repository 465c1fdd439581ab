import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { proxyAgent } from '../../src/plugin/proxy-agent';

let proxy: Server;
let asked: string[];
beforeEach(async () => {
  asked = [];
  proxy = createServer().on('connect', ({ url = '' }, socket: Socket) => {
    asked.push(url);
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
});
afterEach(() => {
  proxy.close();
});

const address = () => `127.0.0.1:${(proxy.address() as AddressInfo).port}`;

/** The error with which a call ends. */
async function call(environment: Record<string, string>, host = 'sqs.us-east-1.amazonaws.com', port = 443) {
  const agent = proxyAgent(environment)!;
  const [error] = (await once(request({ host, port, agent }).end(), 'error')) as [Error & { code?: string }];
  agent.destroy();
  return error;
}

describe('the agent for a proxy', () => {
  it.each(['proxy', 'HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy'])('goes by %s', async (name) => {
    const { message } = await call({ [name]: `http://${address()}` });
    expect(message).toBe(`the proxy ${address()} does not connect: HTTP status 403`);
    expect(asked).toEqual(['sqs.us-east-1.amazonaws.com:443']);
  });

  it('asks no proxy for what needs none', async () => {
    const NO_PROXY = 'nowhere.invalid';
    const { code } = await call({ HTTPS_PROXY: address(), NO_PROXY }, NO_PROXY);
    expect(['ENOTFOUND', 'EAI_AGAIN']).toContain(code);
    expect(asked).toEqual([]);
  });

  it('is none if no proxy is named', () => {
    expect(proxyAgent({ HTTPS_PROXY: '', NO_PROXY: '*' })).toBeUndefined();
  });
});
