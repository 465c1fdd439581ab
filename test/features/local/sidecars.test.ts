import { expect, it } from '@jest/globals';
import { sidecarsNotHere } from '../../../src/features/local/not-here';
import { parse } from '../../config/support';

it('names the sidecars that are not started on this machine, and where jobs would look for them', () => {
  const { workers } = parse({
    workers: {
      plain: { command: 'true' },
      render: {
        command: 'true',
        memory: 1024,
        sidecars: { xray: 'xray', proxy: { image: 'a:1', ports: [15_000] }, quiet: { image: 'a:1' } },
      },
    },
  });
  expect(sidecarsNotHere(workers)).toEqual([
    'render: sidecars are not started here (xray, the X-Ray daemon at 2000, proxy at 15000, quiet): jobs cannot reach them, unless you start them yourself (docs/sidecars.md#on-your-machine)',
  ]);
});
