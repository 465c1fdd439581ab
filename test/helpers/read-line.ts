import { createRequire } from 'node:module';
import type { Options } from '../../src/features/command/command';
import { commandsFor } from '../../src/features/command/declare';
import { declaredFor } from '../../src/plugin/serverless-4';

/** What a framework makes of a command line before it runs a command of the plugin. */
export interface ReadLine {
  commands: string[];
  options: Options;
}

/** How each framework reads a line; each throws where it refuses it. Serverless 4 has a stand-in. */
export const READERS: Readonly<Record<string, (line: readonly string[]) => ReadLine>> = {
  'osls 4': (line) => readBySchema('osls', line),
  'Serverless 3': (line) => readBySchema('serverless', line),
  'Serverless 4': readAsServerless4,
};

const require = createRequire(__filename);

type Schema = Map<string, { options: Record<string, { type: string }> }>;
interface ResolveInput {
  (schema: Schema, line: readonly string[]): ReadLine & { commandSchema?: object };
  /** It keeps the last. */
  clear(): void;
}
type ResolveSchema = (plugins: readonly object[], more: { providerName: string }) => Schema;

/** By the framework's own code: without the plugin's commands first, then with them. */
function readBySchema(framework: 'osls' | 'serverless', line: readonly string[]): ReadLine {
  const resolveInput = require(`${framework}/lib/cli/resolve-input`) as ResolveInput;
  const resolveSchema = require(`${framework}/lib/cli/commands-schema/resolve-final`) as ResolveSchema;
  const schemaOf = (...plugins: object[]) => resolveSchema(plugins, { providerName: 'aws' });
  const { argv } = process;
  // Serverless 3 takes the line from there.
  process.argv = ['node', framework, ...line];
  try {
    resolveInput.clear();
    const { commands } = resolveInput(schemaOf(), line);
    const plugin = { commands: declaredFor({}, commandsFor(commands)) };
    resolveInput.clear();
    const { options, commandSchema } = resolveInput(schemaOf(plugin), line);
    if (commandSchema === undefined) throw new Error(`"${commands.join(' ')}" not found`);
    return { commands, options: { ...options } };
  } finally {
    process.argv = argv;
  }
}

interface Serverless4 {
  parse: (line: readonly string[]) => ReadLine;
  checked: (read: ReadLine, declared: object) => { options: Options };
}

function readAsServerless4(line: readonly string[]): ReadLine {
  const { parse, checked } = require('./serverless-4.cjs') as Serverless4;
  const read = parse(line);
  const { options } = checked(read, declaredFor({ credentialProviders: {} }, commandsFor(read.commands)));
  return { ...read, options };
}
