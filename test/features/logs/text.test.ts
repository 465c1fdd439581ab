import { expect, it } from '@jest/globals';
import { coloursFor } from '../../../src/features/command/terminal-text';
import { lineForMachines, lineForPeople } from '../../../src/features/logs/text';
import { readEvent } from '../../../src/features/logs/lines';

it('a line whose fields are nested too deep to be written is shown without them', () => {
  const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
  const line = `{"source":"worker","watchbot_sqs_message_id":"m1","msg":"hello","a":${deep}}`;
  const shown = readEvent({ id: 'e1', timeMs: 0, task: 't1', line });
  expect(lineForPeople(shown, coloursFor({}, {}))).toContain('> hello  {a: nested too deep}');
  expect(JSON.parse(lineForMachines(shown))).toMatchObject({ text: 'hello', line });
});
