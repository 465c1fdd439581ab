import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A connection to a server that breaks. */
export interface CuttingProxy {
  /** Host and port of the proxy. */
  address: string;
  /** How many connections were cut so far. */
  cuts(): number;
  /** Cuts no more connections from now on. */
  mend(): void;
  stop(): Promise<void>;
}

/**
 * Forwards what clients send to a server. After `afterBytes` bytes in all, it cuts every connection that sends more.
 */
export async function startCuttingProxy(target: string, afterBytes: number): Promise<CuttingProxy> {
  const [host, port] = target.split(':') as [string, string];
  const sockets = new Set<Socket>();
  let left = afterBytes;
  let cuts = 0;
  const server = createServer((client) => {
    const upstream = connect(Number(port), host);
    const both = [client, upstream];
    const cut = () => {
      cuts += 1;
      both.forEach((socket) => socket.resetAndDestroy());
    };
    for (const socket of both) {
      sockets.add(socket);
      socket.on('error', () => both.forEach((each) => each.destroy()));
      socket.on('close', () => sockets.delete(socket));
    }
    client.on('data', ({ length }) => {
      left -= length;
      if (left < 0) cut();
    });
    client.pipe(upstream).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    cuts: () => cuts,
    mend: () => {
      left = Infinity;
    },
    stop: async () => {
      server.close();
      sockets.forEach((socket) => socket.destroy());
      await once(server, 'close');
    },
  };
}
