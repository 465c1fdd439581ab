import { describe, expect, it } from '@jest/globals';
import { createColors } from 'picocolors';
import { chart } from '../../../src/features/simulate/chart';
import { anyComparison, COMPARISON, runOf } from './results';
import { fc } from '../../helpers/seeded';

const plainLook = (width?: number) => ({ colours: createColors(false), width });
// eslint-disable-next-line no-control-regex -- colours
const COLOUR = /\u001b\[\d+m/g;

describe('a chart in the terminal', () => {
  it('has three panels over one time axis, whose labels are where their columns are', () => {
    expect(chart([COMPARISON[0]!], plainLook(60))).toMatchInlineSnapshot(`
     "     Messages that wait
     1,000┼──────╮
          ┤      ╰─────────────╮
       500┤                    ╰────────────╮
          ┤                                 ╰─────────────╮
         0┤                                               ╰──────

          Running tasks
        10┼─────────────────────────────────────────────────────╮
          ┤                                                     │
         5┤                                                     │
          ┤                                                     │
         0┤                                                     ╰

          Wait of the oldest message (min)
         6┼
          ┤                                               ╭─────╮
         4┤                                    ╭──────────╯     │
          ┤                          ╭─────────╯                │
         2┤               ╭──────────╯                          │
          ┤    ╭──────────╯                                     │
         0┼────╯                                                ╰
          └─────────────────────┴────────────────────┴───────────
          0 min                 2                    4
          ── this service"
    `);
  });

  it('is as wide as the terminal, within reason; 80 columns if there is no terminal', () => {
    const widths = [undefined, 20, 80, 100, 400].map((width) =>
      Math.max(
        ...chart(COMPARISON, plainLook(width))
          .split('\n')
          .map((line) => line.length),
      ),
    );
    expect(widths).toEqual([80, 40, 80, 100, 120]);
  });

  it('without colours shows this service only, since the lines could not be told apart', () => {
    const text = chart(COMPARISON, plainLook());
    expect(text).not.toMatch(COLOUR);
    expect(text).not.toContain('Watchbot');
    expect(text).toContain('── this service');
  });

  it('with colours shows Watchbot’s too', () => {
    const text = chart(COMPARISON, { colours: createColors(true), width: 80 });
    expect(text).toMatch(COLOUR);
    expect(text).toContain('── Watchbot');
    for (const line of text.replaceAll(COLOUR, '').split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('can be drawn whatever the results, in any width', () => {
    fc.assert(
      fc.property(anyComparison, fc.integer({ min: 1, max: 300 }), (runs, width) => {
        const shown = [runOf('serverless-watchbot', runs[0]!.result.samples)];
        const text = chart(shown, plainLook(width));
        expect(text).not.toMatch(/NaN|undefined|Infinity/);
        for (const line of text.split('\n')) {
          expect(line.length).toBeLessThanOrEqual(Math.max(40, width));
          expect(line).toBe(line.trimEnd());
        }
      }),
    );
  });
});
