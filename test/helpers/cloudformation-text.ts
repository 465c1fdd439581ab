/** Values of a template as short text, for people who compare two of them. */

type Values = Record<string, unknown>;

const isMap = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * A value in short: `Queue.Arn` for an attribute, `<Region>` for what CloudFormation knows, `import(x)`, and
 * `arn:sqs:NAME` for an ARN in the stack's own partition, region and account.
 */
export function say(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(say).join(', ')}]`;
  if (!isMap(value)) return String(value);
  const [key, ...others] = Object.keys(value);
  const form = key === undefined || others.length > 0 ? undefined : FUNCTIONS[key];
  if (form !== undefined) return form(value[key!]);
  return `{${Object.entries(value)
    .map(([name, entry]) => `${name}: ${say(entry)}`)
    .join(', ')}}`;
}

const FUNCTIONS: Record<string, (argument: unknown) => string> = {
  Ref: (id) => pseudo(String(id)),
  'Fn::GetAtt': (path) => (Array.isArray(path) ? path.join('.') : String(path)),
  'Fn::Sub': (argument) => {
    const [text, names] = (Array.isArray(argument) ? argument : [argument, {}]) as [string, Values];
    return shortArn(substitute(text, names));
  },
  'Fn::ImportValue': (name) => `import(${say(name)})`,
  'Fn::GetAZs': () => 'zones',
  'Fn::Join': (argument) => {
    const [separator, list] = argument as [string, unknown];
    return `join(${say(list)}, '${separator}')`;
  },
  'Fn::Select': (argument) => {
    const [index, list] = argument as [unknown, unknown];
    return `${say(list)}[${say(index)}]`;
  },
  'Fn::Split': (argument) => {
    const [separator, text] = argument as [string, unknown];
    return `split(${say(text)}, '${separator}')`;
  },
};

const pseudo = (id: string): string => (id.startsWith('AWS::') ? `<${id.slice('AWS::'.length)}>` : id);

function substitute(text: string, names: Values): string {
  return text.replaceAll(/\$\{([^!}]+)\}/g, (_all, name: string) =>
    name in names ? say(names[name]) : pseudo(name),
  );
}

function shortArn(text: string): string {
  return text
    .replace(/^arn:<Partition>:(\w+):<Region>:<AccountId>:/, 'arn:$1:')
    .replace('<Partition>', 'aws');
}

export interface Statement {
  Sid?: string;
  Effect: string;
  Principal?: unknown;
  Action: unknown;
  Resource?: unknown;
  Condition?: unknown;
}

/** `Sid: actions on resources for whom if condition`. */
export function sayStatement({ Sid, Effect, Principal, Action, Resource, Condition }: Statement): string {
  const words = [
    Effect === 'Allow' ? '' : Effect.toUpperCase(),
    list(Action),
    Resource === undefined ? '' : `on ${list(Resource)}`,
    Principal === undefined ? '' : `for ${list(isMap(Principal) ? Object.values(Principal) : Principal)}`,
    Condition === undefined ? '' : `if ${say(Condition)}`,
  ];
  return `${Sid ?? '-'}: ${words.filter((word) => word !== '').join(' ')}`;
}

export const statementsOf = (document: unknown): string[] =>
  (document as { Statement: Statement[] }).Statement.map(sayStatement);

const list = (value: unknown): string => (Array.isArray(value) ? value.map(say).join(', ') : say(value));

/** Seconds as people say them. */
export function sayTime(seconds: unknown): string {
  const number = Number(seconds);
  const unit = [
    { seconds: 86_400, name: 'd' },
    { seconds: 3_600, name: 'h' },
    { seconds: 60, name: 'min' },
  ].find((each) => number >= each.seconds * 2 && number % each.seconds === 0);
  return unit === undefined ? `${number} s` : `${number / unit.seconds} ${unit.name}`;
}
