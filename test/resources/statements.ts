import type { Statement, TemplateResource } from '../../src/resources/cloudformation';

/** One thing that is allowed, in words: a statement has one for each resource, and for each source. */
export interface Permission {
  /** As `extensions` calls it. */
  who: string;
  sid: string;
  actions: string[];
  /** The resource; for who takes a role, the service. */
  on: string;
  /** The service that is let in by a policy of a resource. */
  by?: string;
  /** What that service must be acting for, or what else must hold. */
  from?: string;
}

/** Every statement of a resource that has any: roles, users, and policies of queues and keys. */
export function permissionsOf(who: string, { Properties = {} }: TemplateResource): Permission[] {
  const { AssumeRolePolicyDocument, Policies = [], PolicyDocument, KeyPolicy } = Properties;
  const inline = (Policies as { PolicyDocument: unknown }[]).map((policy) => policy.PolicyDocument);
  return [AssumeRolePolicyDocument, ...inline, PolicyDocument, KeyPolicy]
    .filter((document) => document !== undefined)
    .flatMap((document) => (document as { Statement: Statement[] }).Statement)
    .flatMap((statement) => expand(who, statement));
}

function expand(who: string, statement: Statement): Permission[] {
  const { Sid = '–', Effect, Action, Resource = 'itself', Principal, Condition } = statement;
  if (Effect !== 'Allow') throw new Error(`${who} ${Sid} allows nothing`);
  const services = Principal === undefined ? [undefined] : principals(Principal);
  const sources = Condition === undefined ? [undefined] : conditions(Condition as Record<string, object>);
  return [Resource].flat().flatMap((resource) =>
    services.flatMap((by) =>
      sources.map((from) => ({
        who,
        sid: Sid,
        actions: [Action].flat(),
        on: inWords(resource),
        ...(by === undefined ? {} : { by }),
        ...(from === undefined ? {} : { from }),
      })),
    ),
  );
}

function principals(principal: unknown): string[] {
  return Object.values(principal as Record<string, unknown>)
    .flat()
    .map(inWords);
}

/** One for each of the sources, with what must hold besides. */
function conditions(condition: Record<string, object>): string[] {
  const entries = Object.values(condition).flatMap((keys) => Object.entries(keys) as [string, unknown][]);
  const others = entries
    .filter(([key]) => key !== 'aws:SourceArn')
    .map(([key, value]) => `${key} ${[value].flat().map(inWords).join(' or ')}`);
  const sources = entries.filter(([key]) => key === 'aws:SourceArn').flatMap(([, value]) => [value].flat());
  const named = sources.length === 0 ? [undefined] : sources.map(inWords);
  return named.map((source) => [...(source === undefined ? [] : [source]), ...others].join(', '));
}

/** A value of a template in short: `Queue.Arn`, `Topic`, and ARNs of the stack's own region and account without them. */
function inWords(value: unknown): string {
  if (typeof value === 'string')
    return value.replace(/^arn:aws:/, '').replace(/(us-east-1:)?123456789012:/, '');
  const [[name, argument] = []] = Object.entries(value as object) as [string, unknown][];
  if (name === 'Ref') return id(argument as string);
  if (name === 'Fn::GetAtt') return (argument as string[]).map(id).join('.');
  // A text that is split and joined again has one slash where it had two.
  if (name === 'Fn::Join')
    return inWords((argument as [string, { 'Fn::Split': [string, unknown] }])[1]['Fn::Split'][1]);
  if (name !== 'Fn::Sub') return JSON.stringify(value);
  const [text, variables] = (Array.isArray(argument) ? argument : [argument, {}]) as [
    string,
    Record<string, unknown>,
  ];
  return text
    .replaceAll(/\$\{(\w+)\}/g, (whole, key: string) =>
      key in variables ? `<${inWords(variables[key])}>` : whole,
    )
    .replace('arn:${AWS::Partition}:', '')
    .replace('${AWS::Region}:${AWS::AccountId}:', '');
}

const id = (text: string) => text.replace(/^Watchbot(?=[A-Z])/, '');

export function permissionInWords({ who, sid, actions, on, by, from }: Permission): string {
  return [
    `${who} ${sid}: ${actions.join(' ')} on ${on}`,
    ...(by === undefined ? [] : [` by ${by}`]),
    ...(from === undefined ? [] : [` from ${from}`]),
  ].join('');
}
