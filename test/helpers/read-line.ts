import { createRequire } from 'node:module';
import type { Options } from '../../src/features/command/command';
import { commandsFor } from '../../src/features/command/declare';
import { DEPLOY_OPTIONS } from '../../src/plugin/deploy-option';
import { declaredFor } from '../../src/plugin/serverless-4';

/** A command line as a framework parses it before it runs a command of the plugin. */
export interface ParsedLine {
  commands: string[];
  options: Options;
}

/** Parses a command line as each framework does. Each throws if it refuses the line. Serverless 4 has a stand-in. */
export const READERS: Readonly<Record<string, (line: readonly string[]) => ParsedLine>> = {
  'osls 4': (line) => readBySchema('osls', line),
  'Serverless 3': (line) => readBySchema('serverless', line),
  'Serverless 4': readAsServerless4,
};

const require = createRequire(__filename);

type Schema = Map<string, { options: Record<string, { type: string }> }>;
interface ResolveInput {
  (schema: Schema, line: readonly string[]): ParsedLine & { commandSchema?: object };
  /** Clears the last result, which the framework keeps. */
  clear(): void;
}
type ResolveSchema = (plugins: readonly object[], more: { providerName: string }) => Schema;

/** Parses with the framework's own code: first without the plugin's commands, then with them. */
function readBySchema(framework: 'osls' | 'serverless', line: readonly string[]): ParsedLine {
  const resolveInput = require(`${framework}/lib/cli/resolve-input`) as ResolveInput;
  const resolveSchema = require(`${framework}/lib/cli/commands-schema/resolve-final`) as ResolveSchema;
  const schemaOf = (...plugins: object[]) => resolveSchema(plugins, { providerName: 'aws' });
  const { argv } = process;
  // Serverless 3 reads the line from `process.argv`.
  process.argv = ['node', framework, ...line];
  try {
    resolveInput.clear();
    const { commands } = resolveInput(schemaOf(), line);
    const plugin = { commands: { ...declaredFor({}, commandsFor(commands)), ...DEPLOY_OPTIONS } };
    resolveInput.clear();
    const { options, commandSchema } = resolveInput(schemaOf(plugin), line);
    if (commandSchema === undefined) throw new Error(`"${commands.join(' ')}" not found`);
    return { commands, options: { ...options } };
  } finally {
    process.argv = argv;
  }
}

interface Serverless4 {
  parse: (line: readonly string[]) => ParsedLine;
  checked: (read: ParsedLine, declared: object) => { options: Options };
}

function readAsServerless4(line: readonly string[]): ParsedLine {
  const { parse, checked } = require('./serverless-4.cjs') as Serverless4;
  const read = parse(line);
  const commands = declaredFor({ credentialProviders: {} }, commandsFor(read.commands));
  const { options } = checked(read, { ...commands, ...DEPLOY_OPTIONS });
  return { ...read, options };
}
