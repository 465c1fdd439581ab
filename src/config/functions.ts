import { isMap } from '../shared/json';
import { isIntrinsic, type OwnResource, type TextOrIntrinsic } from './configuration';
import { RETURN_VALUES } from './return-values';

/** What can be told of a CloudFormation function before CloudFormation works it out. */

/** With what the text begins that a function gives. */
export type Beginning =
  | { text: string }
  /** A reference, by `Ref` or, with an attribute, by `Fn::GetAtt`. */
  | { id: string; attribute: string | undefined; isAlone: boolean };

export type OwnResources = Readonly<Record<string, OwnResource>>;

/** One for each branch of a condition. None for what only AWS knows: an import, a mapping, a part of a list. */
export function beginningsOf(given: unknown): Beginning[] {
  if (typeof given === 'string') return [{ text: given }];
  if (!isIntrinsic(given)) return [];
  const [name, argument] = Object.entries(given)[0]!;
  return BEGINNINGS[name]?.(Array.isArray(argument) ? argument : [argument]) ?? [];
}

/** By the function, of its arguments. */
const BEGINNINGS: Readonly<Record<string, (given: readonly unknown[]) => Beginning[]>> = {
  Ref: ([id]) => (id === NO_VALUE ? [] : [reference(String(id))]),
  'Fn::GetAtt': (path) => [reference(path.join('.'))],
  'Fn::If': (branches) => branches.slice(1).flatMap(beginningsOf),
  'Fn::Join': ofJoin,
  'Fn::Sub': ofSub,
};

const NO_VALUE = 'AWS::NoValue';

function reference(path: string, isAlone = true): Beginning {
  const [id = '', ...attribute] = path.split('.');
  return { id, attribute: attribute.length === 0 ? undefined : attribute.join('.'), isAlone };
}

const VARIABLE = /^\$\{([^!}][^}]*)\}/;

function ofSub([given, variables]: readonly unknown[]): Beginning[] {
  const text = String(given);
  const [whole = '', name] = VARIABLE.exec(text) ?? [];
  if (name === undefined) return [{ text }];
  const isAlone = whole.length === text.length;
  const value: unknown = isMap(variables) ? variables[name] : undefined;
  return value === undefined ? [reference(name, isAlone)] : within(beginningsOf(value), isAlone);
}

function ofJoin([separator, parts]: readonly unknown[]): Beginning[] {
  const [first, ...others] = (Array.isArray(parts) ? parts : []) as readonly unknown[];
  if (typeof first !== 'string') return within(beginningsOf(first), others.length === 0);
  const end = others.findIndex((part) => typeof part !== 'string');
  const texts = [first, ...(end === -1 ? others : others.slice(0, end))].join(String(separator));
  return [{ text: end === -1 ? texts : texts + String(separator) }];
}

const within = (beginnings: readonly Beginning[], isAlone: boolean): Beginning[] =>
  beginnings.map((each) => ('text' in each || isAlone ? each : { ...each, isAlone }));

/** Whether text is an ARN, as far as it can be told; undefined: it cannot be told. */
export function isArn(given: TextOrIntrinsic, resources: OwnResources = {}): boolean | undefined {
  return agreed(beginningsOf(given).map((each) => beginsArn(each, resources)));
}

/** What all answers are; undefined if there are none, or if they differ. */
const agreed = (answers: readonly (boolean | undefined)[]): boolean | undefined =>
  answers.every((answer) => answer === answers[0]) ? answers[0] : undefined;

function beginsArn(beginning: Beginning, resources: OwnResources): boolean | undefined {
  if ('text' in beginning) return beginning.text.startsWith('arn:');
  const { id, attribute } = beginning;
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html
  if (id.startsWith('AWS::')) return id === 'AWS::StackId';
  if (attribute?.endsWith('Arn') === true) return true;
  const values = returnValuesOf(id, resources);
  if (values === undefined) return undefined;
  return attribute === undefined ? values.ref === 'ARN' : attribute === values.arn;
}

/** What the functions give of a resource of the service; undefined if there is none of a type that is known. */
export function returnValuesOf(id: string, resources: OwnResources) {
  const type = Object.hasOwn(resources, id) ? resources[id]!.type : '';
  return Object.hasOwn(RETURN_VALUES, type) ? RETURN_VALUES[type] : undefined;
}

/** The logical id of the resource of this service that a function refers to, if it is of this type. */
export function ownId(given: TextOrIntrinsic, type: string, resources: OwnResources): string | undefined {
  // The resource may be there on a condition only, as the reference to it is.
  const [only] = typeof given === 'object' && 'Fn::If' in given ? [] : beginningsOf(given);
  if (only === undefined || 'text' in only || !only.isAlone) return undefined;
  return Object.hasOwn(resources, only.id) && resources[only.id]!.type === type ? only.id : undefined;
}
