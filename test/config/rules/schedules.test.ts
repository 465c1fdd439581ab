import { describe, expect, it } from '@jest/globals';
import { expressionProblems } from '../../../src/config/rules/schedules';
import { messagesOf } from '../support';

const FORMS = expect.stringContaining('rate(5 minutes), cron(0 6 * * ? *)');

describe('the expression of a schedule', () => {
  it.each([
    'rate(1 minute)',
    // EventBridge Scheduler takes it, other than rules of EventBridge.
    'rate(1 minutes)',
    'rate(90 days)',
    'at(2028-02-29T00:00:00)',
    'cron(0 6 * * ? *)',
    'cron(0/15 * * * ? *)',
    'cron(*/59 */23 ? * 2-6 1970-2199)',
    'cron(0,30,45 8-17/2 ? JAN,mar,10-12 mon-FRI 2030,2032/2)',
    'cron(0 0 1/10,2,3/8 * ? *)',
    'cron(0 22-2 ? NOV-FEB FRI-MON *)',
    'cron(0 0 L * ? *)',
    'cron(0 0 LW * ? *)',
    'cron(0 0 L-3 * ? *)',
    'cron(0 0 31W * ? *)',
    'cron(0 0 ? * L *)',
    'cron(0 0 ? * 6L *)',
    'cron(0 0 ? * FRI#5 *)',
    'cron(0 0 ? * 2#1 *)',
  ])('is taken: %s', (text) => expect(expressionProblems('x', text)).toEqual([]));

  it.each([
    ['cron(60 6 * * ? *)', 'minutes 0-59'],
    ['cron(*/60 * * * ? *)', 'minutes 0-59'],
    ['cron(*/0 * * * ? *)', 'minutes 0-59'],
    ['cron(0,75 * * * ? *)', 'minutes 0-59'],
    ['cron(? * * * ? *)', 'minutes 0-59'],
    ['cron(-5 * * * ? *)', 'minutes 0-59'],
    ['cron(1-2-3 * * * ? *)', 'minutes 0-59'],
    ['cron(1/2/3 * * * ? *)', 'minutes 0-59'],
    ['cron(0, * * * ? *)', 'minutes 0-59'],
    ['cron(0 24 * * ? *)', 'hours 0-23'],
    ['cron(0 8-24 * * ? *)', 'hours 0-23'],
    ['cron(0 8am * * ? *)', 'hours 0-23'],
    ['cron(0 6 0 * ? *)', 'days of the month 1-31, L or 15W'],
    ['cron(0 6 32W * ? *)', 'days of the month 1-31, L or 15W'],
    ['cron(0 6 MON * ? *)', 'days of the month 1-31, L or 15W'],
    ['cron(0 6 * 13 ? *)', 'months 1-12 or JAN-DEC'],
    ['cron(0 6 * JANUARY ? *)', 'months 1-12 or JAN-DEC'],
    ['cron(0 6 ? * 0 *)', 'days of the week 1-7 or SUN-SAT, FRI#1 or FRIL'],
    ['cron(0 6 ? * MON-8 *)', 'days of the week 1-7 or SUN-SAT, FRI#1 or FRIL'],
    ['cron(0 6 ? * FRI#6 *)', 'days of the week 1-7 or SUN-SAT, FRI#1 or FRIL'],
    ['cron(0 6 ? * 15W *)', 'days of the week 1-7 or SUN-SAT, FRI#1 or FRIL'],
    ['cron(0 6 * * ? 1969)', 'years 1970-2199'],
    ['cron(0 6 * * ? 2200)', 'years 1970-2199'],
    ['cron(60 24 * * ? *)', 'minutes 0-59; hours 0-23'],
    ['cron(61 25 * * * *)', 'minutes 0-59; hours 0-23; one of the two kinds of days `?`'],
    ['cron(61 6 ? * ? *)', 'minutes 0-59; one of the two kinds of days `?`'],
    ['cron(61 6 0 * * *)', 'minutes 0-59; days of the month 1-31, L or 15W'],
    ['cron(0 6 ? * ? *)', FORMS],
    ['cron(0 6 * * MON *)', FORMS],
    ['at(2026-02-31T00:00:00)', FORMS],
    ['at(2026-02-28T24:00:00)', FORMS],
    ['rate(0 hours)', FORMS],
    ['rate(1.5 hours)', FORMS],
  ])('is refused: %s', (text, allowed) =>
    expect(expressionProblems('x', text)).toEqual([expect.objectContaining({ place: 'x', allowed })]),
  );

  it('is refused wherever it may stand, with all that is wrong in it', () => {
    const rate = 'cron(99 99 99 99 99 99)';
    const messages = messagesOf({
      command: 'true',
      events: [{ schedule: rate }, { schedule: { rate } }],
      scaling: { max: 2, schedule: [{ rate, min: 1 }] },
    });
    expect(messages).toEqual(
      ['scaling.schedule[0].rate', 'events[0].schedule', 'events[1].schedule.rate'].map((place) =>
        [
          `WATCHBOT_MALFORMED at watchbot.${place}`,
          `  given:   "${rate}"`,
          '  allowed: minutes 0-59; hours 0-23; days of the month 1-31, L or 15W; months 1-12 or JAN-DEC; days of the week 1-7 or SUN-SAT, FRI#1 or FRIL; years 1970-2199',
        ].join('\n'),
      ),
    );
  });
});
