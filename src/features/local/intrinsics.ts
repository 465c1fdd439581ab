/** What references mean. */
export interface Scope {
  /** What `Ref` gives; undefined if it is not known here. */
  ref(id: string): string | undefined;
  /** What `Fn::GetAtt` gives. */
  attribute(id: string, name: string): string | undefined;
}

/** A reference that means nothing on this machine. */
export class UnresolvedError extends Error {
  override readonly name = 'UnresolvedError';
}

/**
 * Evaluates the CloudFormation functions in a value.
 * @throws {UnresolvedError} for a function or reference that is not known here
 */
export function resolve(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) return value.map((entry) => resolve(entry, scope));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [name, argument] = entries[0] ?? [];
  const isFunction = entries.length === 1 && (name === 'Ref' || name?.startsWith('Fn::'));
  if (name !== undefined && isFunction) return call(name, argument, scope);
  return Object.fromEntries(entries.map(([key, entry]) => [key, resolve(entry, scope)]));
}

/** As `resolve`, for a value that must be text. */
export function resolveText(value: unknown, scope: Scope): string {
  const result = resolve(value, scope);
  if (typeof result === 'string') return result;
  if (typeof result === 'number' || typeof result === 'boolean') return String(result);
  throw new UnresolvedError(`${JSON.stringify(value)} is not text`);
}

type Intrinsic = (argument: unknown, scope: Scope) => unknown;

const INTRINSICS: Record<string, Intrinsic> = {
  Ref: (id, scope) => known(scope.ref(String(id)), `Ref ${String(id)}`),
  'Fn::GetAtt': (argument, scope) => {
    const [id = '', name = ''] = Array.isArray(argument) ? argument.map(String) : splitOnce(String(argument));
    return known(scope.attribute(id, name), `Fn::GetAtt ${id}.${name}`);
  },
  'Fn::Sub': substitute,
  'Fn::Join': (argument, scope) => {
    const [separator, parts] = argument as [string, unknown];
    return (resolve(parts, scope) as unknown[]).join(separator);
  },
  'Fn::Split': (argument, scope) => {
    const [separator, text] = argument as [string, unknown];
    return resolveText(text, scope).split(separator);
  },
  'Fn::Select': (argument, scope) => {
    const [index, list] = argument as [number | string, unknown];
    return (resolve(list, scope) as unknown[])[Number(index)];
  },
  'Fn::Base64': (argument, scope) => Buffer.from(resolveText(argument, scope)).toString('base64'),
};

function call(name: string, argument: unknown, scope: Scope): unknown {
  const intrinsic = INTRINSICS[name];
  if (intrinsic === undefined) throw new UnresolvedError(`${name} cannot be worked out on this machine`);
  return intrinsic(argument, scope);
}

function substitute(argument: unknown, scope: Scope): string {
  const [text, variables] = (Array.isArray(argument) ? argument : [argument, {}]) as [
    string,
    Record<string, unknown>,
  ];
  return text.replaceAll(/\$\{(!?)([^}]+)\}/g, (whole, literal: string, name: string) => {
    if (literal !== '') return `\${${name}}`;
    if (name in variables) return resolveText(variables[name], scope);
    const function_ = name.includes('.') ? 'Fn::GetAtt' : 'Ref';
    return String(call(function_, name, scope));
  });
}

function known(value: string | undefined, what: string): string {
  if (value === undefined) throw new UnresolvedError(`${what} is not known on this machine`);
  return value;
}

function splitOnce(text: string): [string, string] {
  const at = text.indexOf('.');
  return [text.slice(0, at), text.slice(at + 1)];
}
