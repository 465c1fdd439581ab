import { resolve, resolveText, type Scope } from '../../src/features/local/intrinsics';
import type { PackagedTemplate } from '../helpers/framework';
import { TYPES } from './types';
import {
  ACCOUNT_ID,
  arn,
  REGION,
  type Made,
  type Properties,
  type Resource,
  type ResourceType,
} from './types/type';

export const STACK_NAME = 'stack';

const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::Region': REGION,
  'AWS::AccountId': ACCOUNT_ID,
  'AWS::Partition': 'aws',
  'AWS::StackName': STACK_NAME,
  'AWS::StackId': arn('cloudformation', `stack/${STACK_NAME}/0123abcd-4567-89ef-0123-456789abcdef`),
  'AWS::URLSuffix': 'amazonaws.com',
};

/**
 * The resources of a template with made-up, well-formed values for all that AWS would give.
 * @param text what stands for a text of the template
 */
export function resourcesIn(
  { Resources, Parameters }: Pick<PackagedTemplate, 'Parameters' | 'Resources'>,
  text = inOneAccount,
): (id: string) => Resource & { made: Made } {
  const done = new Map<string, Resource & { made: Made }>();
  const scope: Scope = {
    ref: (id) => PSEUDO[id] ?? Parameters?.[id]?.Default ?? resourceOf(id).ref,
    attribute: (id, name) => resourceOf(id).made.attributes?.[name],
  };
  const resourceOf = (id: string) => {
    const known = done.get(id);
    if (known !== undefined) return known;
    const { Type, Properties } = Resources[id]!;
    const properties = (resolve(withoutOutside(Properties, text), scope) ?? {}) as Properties;
    const type: Pick<ResourceType, 'named' | 'made'> = TYPES[Type] ?? NAMED[Type] ?? { made: madeUp(Type) };
    const name = resolveText(properties[type.named ?? ''] ?? `${STACK_NAME}-${id}`, scope);
    const values = type.made({ id, name, properties });
    const resource = { id, name, properties, ref: values.ref, made: values };
    done.set(id, resource);
    return resource;
  };
  return resourceOf;
}

/** What comes from other stacks, from the region, or is left out. */
export function withoutOutside(value: unknown, text = inOneAccount): unknown {
  if (Array.isArray(value)) return value.filter(isThere).map((entry) => withoutOutside(entry, text));
  if (typeof value === 'string') return text(value);
  if (typeof value !== 'object' || value === null) return value;
  if ('Fn::ImportValue' in value) return imported(value['Fn::ImportValue']);
  if ('Fn::GetAZs' in value) return ['a', 'b', 'c'].map((zone) => `${REGION}${zone}`);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, entry]) => isThere(entry))
      .map(([key, entry]) => [key, withoutOutside(entry, text)]),
  );
}

/** Whose a topic or queue is makes no difference to a call; moto has one account, and asks one region. */
const inOneAccount = (text: string): string =>
  text.replace(/^arn:aws:(sns|sqs):[^:]+:\d{12}:/, `arn:aws:$1:${REGION}:${ACCOUNT_ID}:`);

/** What another stack would export, by what the name of the export says; else the name itself, which is of its own. */
function imported(name: unknown): string {
  const text = typeof name === 'string' ? name : JSON.stringify(name);
  if (/queue/i.test(text)) return arn('sqs', /fifo/i.test(text) ? `${text}.fifo` : text);
  if (/topic/i.test(text)) return arn('sns', text);
  if (/key/i.test(text)) return arn('kms', 'key/1234abcd-12ab-34cd-56ef-1234567890ab');
  return text;
}

const isThere = (value: unknown) => (value as { Ref?: unknown } | null)?.Ref !== 'AWS::NoValue';

/** Types that are not called for, whose ARNs are more than a kind and a name. */
const NAMED: Readonly<Record<string, Pick<ResourceType, 'named' | 'made'>>> = {
  'AWS::Events::Rule': {
    named: 'Name',
    made: ({ name, properties }) => {
      const bus = ((properties.EventBusName as string | undefined) ?? 'default').split('/').at(-1)!;
      const path = bus === 'default' ? name : `${bus}/${name}`;
      return { ref: path.replace('/', '|'), attributes: { Arn: arn('events', `rule/${path}`) } };
    },
  },
};

/** For the others that are not called for. */
function madeUp(type: string): (resource: Omit<Resource, 'ref'>) => Made {
  const [, service = '', kind = ''] = type.toLowerCase().split('::');
  if (type === 'AWS::IAM::Role') {
    return ({ name }) => ({
      ref: name,
      attributes: { Arn: `arn:aws:iam::${ACCOUNT_ID}:role/${name}`, RoleId: 'AROA0123456789ABCDEFG' },
    });
  }
  return ({ name }) => ({
    ref: name,
    attributes: {
      SecretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      Arn: arn(service, service === 'lambda' ? `${kind}:${name}` : `${kind}/${name}`),
    },
  });
}
