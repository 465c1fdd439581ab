import { expect } from '@jest/globals';
import { parseObject } from '../../src/shared/json';
import type { Properties } from '../resources/support';

/**
 * The value that a metric filter of CloudWatch takes from a line, or undefined if the line does not match or has no
 * number there.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html
 */
export function valueIn(
  { FilterPattern, MetricTransformations }: Properties,
  line: string,
): number | undefined {
  const fields = fieldsOf(FilterPattern as string, line);
  if (fields === undefined) return undefined;
  const { MetricValue: value } = MetricTransformations[0] as { MetricValue: string };
  const taken = value.startsWith('$') ? fields[value.replace(/^\$\.?/, '')] : value;
  const number = typeof taken === 'number' || /^-?\d+(\.\d+)?$/.test(String(taken)) ? Number(taken) : NaN;
  return Number.isNaN(number) ? undefined : number;
}

/** The dimensions under which the filter counts the line, by name. */
export function dimensionsIn({ FilterPattern, MetricTransformations }: Properties, line: string) {
  const fields = fieldsOf(FilterPattern as string, line);
  const { Dimensions = [] } = MetricTransformations[0] as { Dimensions?: { Key: string; Value: string }[] };
  return Object.fromEntries(Dimensions.map(({ Key, Value }) => [Key, fields?.[Value.replace(/^\$\.?/, '')]]));
}

const fieldsOf = (pattern: string, line: string) =>
  pattern.startsWith('[') ? namedFields(pattern, line) : jsonFields(pattern, line);

/**
 * Reads a line by a space-delimited filter, as far as the plugin uses them. Text in brackets or double quotes is one
 * field; `...` stands for any number of further fields.
 */
function namedFields(pattern: string, line: string): Record<string, unknown> | undefined {
  const fields = [...line.matchAll(/\[([^\]]*)\]|"([^"]*)"|(\S+)/g)].map(
    ([, bracketed, quoted, bare]) => bracketed ?? quoted ?? bare,
  );
  const wanted = pattern.slice(1, -1).split(/,\s*/);
  const isOpen = wanted.at(-1) === '...';
  const conditions = isOpen ? wanted.slice(0, -1) : wanted;
  if (isOpen ? fields.length < conditions.length : fields.length !== conditions.length) return undefined;
  const isMatch = conditions.every((condition, index) => {
    const values = [...condition.matchAll(/=\s*"?([^"|]*?)"?\s*(?:\|\||$)/g)].map(([, value]) => value);
    return values.length === 0 || values.includes(fields[index]);
  });
  const names = conditions.map((condition) => /^\w+/.exec(condition)![0]);
  expect(new Set(names).size).toBe(names.length);
  return isMatch ? Object.fromEntries(names.map((name, index) => [name, fields[index]])) : undefined;
}

/** Reads a line by a JSON filter, as far as the plugin uses them: `{ $.a = "x" && ($.b = "y" || $.b = "z") }`. */
function jsonFields(pattern: string, line: string): Record<string, unknown> | undefined {
  const value = parseObject(line);
  if (value === undefined) return undefined;
  const holds = (term: string) => {
    const [, key, expected] = /^\(*\s*\$\.(\w+) = "([^"]*)"\s*\)*$/.exec(term.trim())!;
    return Object.hasOwn(value, key!) && (expected === '*' || value[key!] === expected);
  };
  const all = pattern.slice(1, -1).split('&&');
  return all.every((clause) => clause.split('||').some(holds)) ? value : undefined;
}
