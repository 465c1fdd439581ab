import { resolve, resolveText, type Scope } from '../../src/features/local/intrinsics';
import type { PackagedTemplate } from '../helpers/framework';
import { TYPES } from './types';
import {
  ACCOUNT_ID,
  arn,
  REGION,
  type ReturnValues,
  type Properties,
  type Resource,
  type ResourceType,
} from './types/type';

const STACK_NAME = 'stack';

const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::Region': REGION,
  'AWS::AccountId': ACCOUNT_ID,
  'AWS::Partition': 'aws',
  'AWS::StackName': STACK_NAME,
  'AWS::StackId': arn('cloudformation', `stack/${STACK_NAME}/0123abcd-4567-89ef-0123-456789abcdef`),
  'AWS::URLSuffix': 'amazonaws.com',
};

/**
 * Resolves the resources of a template, with made-up, well-formed values for what AWS would return.
 * @param text replaces a text of the template
 */
export function resourcesIn(
  { Resources, Parameters }: Pick<PackagedTemplate, 'Parameters' | 'Resources'>,
  text = inOneAccount,
): (id: string) => Resource & { returnValues: ReturnValues } {
  const done = new Map<string, Resource & { returnValues: ReturnValues }>();
  const scope: Scope = {
    ref: (id) => PSEUDO[id] ?? Parameters?.[id]?.Default ?? resourceOf(id).ref,
    attribute: (id, name) => resourceOf(id).returnValues.attributes?.[name],
  };
  const resourceOf = (id: string) => {
    const known = done.get(id);
    if (known !== undefined) return known;
    const { Type, Properties } = Resources[id]!;
    const properties = (resolve(withoutOutside(Properties, text), scope) ?? {}) as Properties;
    const type: Pick<ResourceType, 'named' | 'returnValues'> = TYPES[Type] ??
      NAMED[Type] ?? { returnValues: madeUpValues(Type) };
    const name = resolveText(properties[type.named ?? ''] ?? `${STACK_NAME}-${id}`, scope);
    const values = type.returnValues({ id, name, properties });
    const resource = { id, name, properties, ref: values.ref, returnValues: values };
    done.set(id, resource);
    return resource;
  };
  return resourceOf;
}

/** Replaces imports and zones by made-up values, and leaves out `AWS::NoValue`. */
export function withoutOutside(value: unknown, text = inOneAccount): unknown {
  if (Array.isArray(value)) return value.filter(isPresent).map((entry) => withoutOutside(entry, text));
  if (typeof value === 'string') return text(value);
  if (typeof value !== 'object' || value === null) return value;
  if ('Fn::ImportValue' in value) return imported(value['Fn::ImportValue']);
  if ('Fn::GetAZs' in value) return ['a', 'b', 'c'].map((zone) => `${REGION}${zone}`);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, entry]) => isPresent(entry))
      .map(([key, entry]) => [key, withoutOutside(entry, text)]),
  );
}

/** Moves the ARN of a topic or queue to moto's only account and region. That makes no difference to a call. */
const inOneAccount = (text: string): string =>
  text.replace(/^arn:aws:(sns|sqs):[^:]+:\d{12}:/, `arn:aws:$1:${REGION}:${ACCOUNT_ID}:`);

/** A value that another stack could export, guessed from the name of the export; otherwise that name. */
function imported(name: unknown): string {
  const text = typeof name === 'string' ? name : JSON.stringify(name);
  if (/queue/i.test(text)) return arn('sqs', /fifo/i.test(text) ? `${text}.fifo` : text);
  if (/topic/i.test(text)) return arn('sns', text);
  if (/key/i.test(text)) return arn('kms', 'key/1234abcd-12ab-34cd-56ef-1234567890ab');
  return text;
}

const isPresent = (value: unknown) => (value as { Ref?: unknown } | null)?.Ref !== 'AWS::NoValue';

/** Types without calls whose ARNs have more than a kind and a name. */
const NAMED: Readonly<Record<string, Pick<ResourceType, 'named' | 'returnValues'>>> = {
  'AWS::Events::Rule': {
    named: 'Name',
    returnValues: ({ name, properties }) => {
      const bus = ((properties.EventBusName as string | undefined) ?? 'default').split('/').at(-1)!;
      const path = bus === 'default' ? name : `${bus}/${name}`;
      return { ref: path.replace('/', '|'), attributes: { Arn: arn('events', `rule/${path}`) } };
    },
  },
};

/** Return values for other types without calls. */
function madeUpValues(type: string): (resource: Omit<Resource, 'ref'>) => ReturnValues {
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
