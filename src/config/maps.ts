import { isMap } from '../shared/json';

/** A map that can be copied key by key: not a date, for example, which YAML has too. */
export function isPlainMap(value: unknown): value is Record<string, unknown> {
  return Object.prototype.toString.call(value) === '[object Object]';
}

/** Whether a value is a CloudFormation function: a map with `Ref` or `Fn::…` as its only key. */
export function isIntrinsic(value: unknown): value is Record<string, unknown> {
  if (!isMap(value)) return false;
  const [key, ...others] = Object.keys(value);
  return others.length === 0 && key !== undefined && (key === 'Ref' || key.startsWith('Fn::'));
}
