import { describe, expect, it } from '@jest/globals';
import { ALARM_DEFAULTS, ALARM_NAMES, type AlarmName } from '../../src/config/defaults';
import { single } from '../resources/support';
import { page, sectionBelow, tableBelow } from './pages';

const alarms = page('docs/alarms.md');
const DESCRIPTIONS = Object.values(single({ alarms: { age: { threshold: 900 } } }).Resources)
  .filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm')
  .map(({ Properties }) => String(Properties?.AlarmDescription));

describe('alarms.md', () => {
  it.each(ALARM_NAMES)('has a heading for %s, which the description of the alarm links to', (name) => {
    const link = DESCRIPTIONS.map((text) => /docs\/alarms\.md#(\S+)$/.exec(text)?.[1]).find(
      (anchor) => anchor === name.toLowerCase(),
    );
    expect(link).toBeDefined();
    expect(alarms.anchors).toContain(link);
    const heading = alarms.headings.find(({ text }) => text === name)!;
    expect(sectionBelow(alarms, heading)).toMatch(/sls watchbot /);
  });

  it('has the defaults of the schema', () => {
    const rows = tableBelow(alarms, 'Defaults').map(([name, threshold, period, periods]) => [
      name!.replaceAll(/[[\]`]|\(.*\)/g, ''),
      {
        threshold: /in days|you say/.test(threshold!) ? undefined : Number(/\d+/.exec(threshold!)![0]),
        period: Number(period),
        evaluationPeriods: Number(periods),
      },
    ]);
    expect(Object.fromEntries(rows) as Record<AlarmName, unknown>).toEqual(ALARM_DEFAULTS);
  });
});
