import { compile, type JSONSchema } from 'json-schema-to-typescript';
import { format, resolveConfig } from 'prettier';
import { ManyWorkersSchema } from '../../src/config/schema/service';
import { WorkerSchema } from '../../src/config/schema/worker';
import { inputMap, orVariableType, type JsonSchema, type Stand } from './input-schema';

const HEAD = `/** The plugin, as the framework loads it. */
declare class ServerlessWatchbot {
  constructor(serverless: any, options: any, utils: any);
  readonly commands: Record<string, object>;
  readonly hooks: Record<string, () => Promise<void>>;
  readonly configurationVariablesSources: Record<string, object>;
}

declare namespace ServerlessWatchbot {
  /** A text with a variable of the framework in it, which may stand for any value. */
  type Variable = \`\${string}\\\${\${string}}\${string}\`;
  /** A function of CloudFormation. */
  type CloudFormationFunction = { Ref: string } | { [name: \`Fn::\${string}\`]: unknown };
  /** A duration, a size or a part of a processor, with its unit. */
  type Quantity = \`\${number}\${'' | ' '}\${'s' | 'm' | 'h' | 'd' | 'MB' | 'GB' | 'MiB' | 'GiB' | 'vCPU'}\`;
  /** What a \`serverless.ts\` has for the plugin: \`const service: AWS & WatchbotService\`. */
  interface WatchbotService {
    watchbot: WatchbotSection;
  }
  /** One worker, whose keys stand directly in the section, or \`workers\`. */
  type WatchbotSection =
    | (SharedKeys & WatchbotWorker & { workers?: never })
    | (SharedKeys & Workers & { [key in Exclude<keyof WatchbotWorker, 'extensions'>]?: never })
    | Variable;
`;

const OPTIONS = {
  bannerComment: '',
  additionalProperties: false,
  // A tuple for each length that a list may have says no more than the list.
  ignoreMinAndMaxItems: true,
  // All of it is formatted at the end.
  format: false,
};

/** What the compiler adds to the texts of maps by pattern. */
const ASIDE = /\/\*\*\s*\* This interface was referenced by[^]*?\*\//g;

/** The declarations of the package's main entry, whose module is its plugin and so has types only beside it. */
export async function declarations(): Promise<string> {
  const types: string[] = [];
  for (const [name, schema] of Object.entries(typeSchemas())) {
    types.push(await compile(schema as JSONSchema, name, OPTIONS));
  }
  const text = types
    .join('\n')
    .replace(/^export /gm, '')
    .replace(ASIDE, '');
  return format(`${HEAD}\n${text}}\n\nexport = ServerlessWatchbot;\n`, {
    ...(await resolveConfig('package.json')),
    parser: 'typescript',
  });
}

const TYPES: Stand = {
  quantity: () => ({ tsType: 'Quantity' }),
  orVariable: orVariableType,
  intrinsic: () => ({ tsType: 'CloudFormationFunction' }),
};

/**
 * What the build makes the types of a `serverless.ts` from, by name: a worker, what workers share, and what stands
 * beside that where there are several.
 */
function typeSchemas(): Record<string, JsonSchema> {
  const { properties = {}, ...many } = inputMap(ManyWorkersSchema, TYPES);
  const { workers, extensions, ...shared } = properties;
  const named = { type: 'object', additionalProperties: { tsType: 'WatchbotWorker | Variable' } };
  return {
    WatchbotWorker: inputMap(WorkerSchema, TYPES),
    SharedKeys: { ...many, properties: shared, required: [] },
    Workers: {
      ...many,
      properties: {
        ...(extensions && { extensions }),
        workers: orVariableType({ description: workers?.description ?? '', ...named }, 'a map'),
      },
    },
  };
}
