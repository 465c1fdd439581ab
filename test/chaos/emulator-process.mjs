// The emulator of the other tests, which here also counts the requests of watchers.
import { subscribe } from 'node:diagnostics_channel';

const WATCHER_REQUEST = /\.(ReceiveMessage|DeleteMessageBatch|ChangeMessageVisibilityBatch)$/;
let requests = 0;

subscribe('http.server.request.start', ({ request }) => {
  if (WATCHER_REQUEST.test(request.headers['x-amz-target'] ?? '')) requests += 1;
});
process.on('message', () => process.send({ requests }));
await import('../helpers/emulator-process.mjs');
