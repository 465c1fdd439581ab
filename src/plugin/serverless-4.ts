import type { CommandDefinition, CommandOption } from '../features/command/command';
import type { Serverless, Utils } from './framework';

type Commands = Readonly<Record<string, CommandDefinition>>;

/** By what only it has, since osls has a version 4, too. */
type Framework = Pick<Serverless, 'credentialProviders'>;
const isServerless4 = ({ credentialProviders }: Framework): boolean => credentialProviders !== undefined;

/**
 * The commands with options of such types as the framework's check of a command line lets all through that the plugin
 * understands (`givenOptions`). Serverless 4 reads a line without looking at types, then refuses `--local WORD`, since it
 * gave the word to the option, and `--attribute a=b`, since one value is no list; but whatever there is for an `array`
 * passes.
 */
export function declaredFor(framework: Framework, commands: Commands): Record<string, object> {
  return isServerless4(framework) ? untyped(commands) : commands;
}

function untyped(commands: Commands): Record<string, object> {
  const entries = Object.entries(commands).map(([name, { options = {}, commands: below, ...command }]) => [
    name,
    {
      ...command,
      options: Object.fromEntries(Object.entries(options).map(([key, option]) => [key, lenient(option)])),
      ...(below === undefined ? {} : { commands: untyped(below) }),
    },
  ]);
  return Object.fromEntries(entries) as Record<string, object>;
}

const lenient = (option: CommandOption): object =>
  option.type === 'string' ? option : { ...option, type: 'array' };

/**
 * What the framework gives to speak with, alike in all: Serverless 4 takes a `%s` in a text for the place of another, as
 * there is in a message or a URL, and keeps the line end of a text from being followed by an empty line.
 */
export function utilsFor(framework: Framework, utils: Utils): Utils {
  if (!isServerless4(framework)) return utils;
  const { log, progress, writeText } = utils;
  const verbatim = (write: (format: string, text: string) => void) => (text: string) => {
    write('%s', text);
  };
  return {
    log: {
      notice: verbatim(log.notice),
      warning: verbatim(log.warning),
      error: verbatim(log.error),
      info: verbatim(log.info),
    },
    progress,
    writeText: (text) => {
      writeText(`${text}\n`);
    },
  };
}

/**
 * Packages for a run on this machine. Serverless 4 asks AWS for the bucket that all services of an account share when it
 * packages, and makes one where there is none.
 */
export async function withoutSharedBucket(
  serverless: Pick<Serverless, 'credentialProviders' | 'getProvider'>,
  run: () => Promise<void>,
): Promise<void> {
  if (!isServerless4(serverless)) return run();
  const provider = serverless.getProvider('aws');
  const given = provider.isLegacyDeploymentBucketEnabled;
  provider.isLegacyDeploymentBucketEnabled = true;
  try {
    await run();
  } finally {
    provider.isLegacyDeploymentBucketEnabled = given;
  }
}
