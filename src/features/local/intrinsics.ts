import { describeValue } from '../../errors/problem';
import { isMap } from '../../shared/json';

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

/** A function that CloudFormation would refuse, too. */
export class MalformedError extends Error {
  override readonly name = 'MalformedError';

  constructor(
    readonly given: object,
    readonly allowed: string,
  ) {
    super(`${describeValue(given)} is not ${allowed}`);
  }
}

/**
 * Evaluates the CloudFormation functions in a value.
 * @throws {UnresolvedError} for a function or reference that is not known here
 * @throws {MalformedError} for a function whose argument has not the form that it must have
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

interface Intrinsic {
  /** What CloudFormation takes, for people. */
  form: string;
  /** Undefined if the argument has another form. */
  evaluate: (argument: unknown, scope: Scope) => unknown;
}

const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  Ref: {
    form: '{"Ref": "ID"}',
    evaluate: (id, scope) => (typeof id === 'string' ? known(scope.ref(id), `Ref ${id}`) : undefined),
  },
  'Fn::GetAtt': {
    form: '{"Fn::GetAtt": ["ID", "ATTRIBUTE"]}',
    evaluate: (argument, scope) => {
      const [id, name] = typeof argument === 'string' ? splitOnce(argument) : listOf(argument);
      if (typeof id !== 'string' || typeof name !== 'string') return undefined;
      return known(scope.attribute(id, name), `Fn::GetAtt ${id}.${name}`);
    },
  },
  'Fn::Sub': {
    form: '{"Fn::Sub": "TEXT"} or {"Fn::Sub": ["TEXT", {"NAME": VALUE}]}',
    evaluate: substitute,
  },
  'Fn::Join': {
    form: '{"Fn::Join": ["SEPARATOR", [PART, …]]}',
    evaluate: (argument, scope) => {
      const [separator, given] = listOf(argument);
      const parts = resolve(given, scope);
      if (typeof separator !== 'string' || !Array.isArray(parts)) return undefined;
      return parts.map((part) => resolveText(part, scope)).join(separator);
    },
  },
  'Fn::Split': {
    form: '{"Fn::Split": ["SEPARATOR", TEXT]}',
    evaluate: (argument, scope) => {
      const [separator, text] = listOf(argument);
      return typeof separator === 'string' && text !== undefined
        ? resolveText(text, scope).split(separator)
        : undefined;
    },
  },
  'Fn::Select': {
    form: '{"Fn::Select": [INDEX, LIST]}, with an index that the list has',
    evaluate: (argument, scope) => {
      const [index, given] = listOf(argument);
      const list = resolve(given, scope);
      return Array.isArray(list) ? (list[Number(index)] as unknown) : undefined;
    },
  },
  'Fn::Base64': {
    form: '{"Fn::Base64": TEXT}',
    evaluate: (argument, scope) => Buffer.from(resolveText(argument, scope)).toString('base64'),
  },
};

function call(name: string, argument: unknown, scope: Scope): unknown {
  const intrinsic = INTRINSICS[name];
  if (intrinsic === undefined) throw new UnresolvedError(`${name} cannot be worked out on this machine`);
  const value = intrinsic.evaluate(argument, scope);
  if (value === undefined) throw new MalformedError({ [name]: argument }, intrinsic.form);
  return value;
}

const listOf = (argument: unknown): readonly unknown[] => (Array.isArray(argument) ? argument : []);

function substitute(argument: unknown, scope: Scope): string | undefined {
  const [text, variables = {}] = typeof argument === 'string' ? [argument] : listOf(argument);
  if (typeof text !== 'string' || !isMap(variables)) return undefined;
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
