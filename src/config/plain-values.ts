import { isMap } from '../shared/json';
import { isIntrinsic } from './configuration';

/** Parameters of CloudFormation for which the framework has a variable, which it fills in before packaging. */
const VARIABLES: Readonly<Record<string, string>> = {
  'AWS::AccountId': '${aws:accountId}',
  'AWS::Region': '${aws:region}',
};

/** What to write instead of a CloudFormation function, where the plugin itself needs the value. */
export function instead(given: unknown): string {
  const text = withVariables(textOf(given));
  return text === undefined
    ? 'give the value itself, or a variable of the framework that has it: `${aws:accountId}`, `${aws:region}`, `${cf:STACK.OUTPUT}`'
    : `write \`${text}\``;
}

/** A text with the framework's variables; undefined if it has others of CloudFormation. */
export function withVariables(text: string | undefined): string | undefined {
  const filled = text?.replaceAll(/\$\{(AWS::\w+)\}/g, (whole, name: string) => VARIABLES[name] ?? whole);
  const others = filled?.replaceAll(/\$\{aws:\w+\}/g, '');
  return others === undefined || others.includes('${') ? undefined : filled;
}

/** A function as the text of an `Fn::Sub`; undefined if it is none. */
function textOf(given: unknown): string | undefined {
  if (typeof given === 'string') return given;
  if (!isIntrinsic(given)) return undefined;
  const { Ref, 'Fn::Sub': sub, 'Fn::Join': join } = given as Record<string, unknown>;
  if (typeof Ref === 'string') return `\${${Ref}}`;
  if (Array.isArray(join)) return joined(join);
  return typeof sub === 'string' ? sub : undefined;
}

function joined([separator, parts]: readonly unknown[]): string | undefined {
  const texts = Array.isArray(parts) ? parts.map(textOf) : [undefined];
  return texts.includes(undefined) ? undefined : texts.join(String(separator));
}

/** A function in what becomes text when the service is packaged, with the keys that lead to it. */
export function functionsIn(
  value: unknown,
  keys: readonly string[] = [],
): { keys: string[]; given: object }[] {
  if (isIntrinsic(value)) return [{ keys: [...keys], given: value }];
  if (!Array.isArray(value) && !isMap(value)) return [];
  return Object.entries(value).flatMap(([key, entry]) => functionsIn(entry, [...keys, key]));
}
