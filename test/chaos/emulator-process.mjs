// The emulator of the other tests, which here also counts what watchers ask of it.
import { subscribe } from 'node:diagnostics_channel';

const ASKED_BY_WATCHERS = /\.(ReceiveMessage|DeleteMessageBatch|ChangeMessageVisibilityBatch)$/;
let requests = 0;

subscribe('http.server.request.start', ({ request }) => {
  if (ASKED_BY_WATCHERS.test(request.headers['x-amz-target'] ?? '')) requests += 1;
});
process.on('message', () => process.send({ requests }));
await import('../helpers/emulator-process.mjs');
