import { DEFAULT_SCHEMA, load, Type, type Schema } from 'js-yaml';

/** Reads CloudFormation's short forms, such as `!Ref Bucket` and `!GetAtt Bucket.Arn`. */
const functionTag = (kind: 'scalar' | 'sequence' | 'mapping') =>
  new Type('!', {
    kind,
    multi: true,
    construct: (data: unknown, type?: string) => {
      const name = type!.slice(1);
      if (name === 'Ref' || name === 'Condition') return { [name]: data };
      const isText = name === 'GetAtt' && typeof data === 'string';
      return { [`Fn::${name}`]: isText ? data.split('.') : data };
    },
  });

const SCHEMA: Schema = DEFAULT_SCHEMA.extend([
  functionTag('scalar'),
  functionTag('sequence'),
  functionTag('mapping'),
]);

/** Parses YAML as the frameworks do. @throws if the text is not valid YAML */
export const parseYaml = (text: string): Record<string, unknown> =>
  load(text, { schema: SCHEMA }) as Record<string, unknown>;
