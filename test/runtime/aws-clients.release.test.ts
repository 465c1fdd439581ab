import { beforeAll, describe, expect, it } from '@jest/globals';
import { expected, HANDLER_TABLE, type Row } from '../helpers/handler-table';
import { AWS_NODE_CLIENTS, RUNTIME_BUNDLE } from '../helpers/runtime-clients';
import { converseAll, type Seen } from '../helpers/runtime-conversation';

/** Two minutes of conversations, on a busy machine. */
const TIMEOUT_MS = 240_000;

for (const { name, key, node, command, prepare } of AWS_NODE_CLIENTS) {
  const reason = prepare();
  const title = reason === undefined ? name : `${name} (skipped: ${reason})`;
  (reason === undefined ? describe : describe.skip)(title, () => {
    describeTable('answers as the table says for', command, key);
    describeTable('and on that Node the plugin’s own runtime answers as everywhere for', ownOn(node), 'own');
  });
}

function ownOn(node: string) {
  return () => [node, '--enable-source-maps', RUNTIME_BUNDLE];
}

function describeTable(
  what: string,
  command: (handler: string) => string[],
  client: 'own' | 'on22' | 'on24',
) {
  describe(what, () => {
    let seen: ReadonlyMap<Row, Seen>;
    beforeAll(async () => {
      seen = await converseAll(HANDLER_TABLE, (row) => ({
        command: command(row.handler),
        expected: expected(row, client).then,
      }));
    }, TIMEOUT_MS);

    it.each(HANDLER_TABLE)('$handler', (row) => {
      expect(seen.get(row)).toEqual(expected(row, client));
    });
  });
}
