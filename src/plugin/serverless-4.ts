import type { CommandDefinition, CommandOption } from '../features/command/command';
import type { Serverless, Utils } from './framework';

type Commands = Readonly<Record<string, CommandDefinition>>;

type Framework = Pick<Serverless, 'credentialProviders'>;
/** Told by what only Serverless 4 has: osls has a version 4, too. */
const isServerless4 = ({ credentialProviders }: Framework): boolean => credentialProviders !== undefined;

/**
 * The commands, with types of options with which the framework lets through every command line that the plugin
 * understands (`givenOptions`). Serverless 4 reads a line without looking at types. It then refuses `--local WORD`,
 * because it has given the word to the option, and `--attribute a=b`, because one value is no list; but for an
 * `array`, everything passes.
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
 * The framework's log and output, made alike in all frameworks. Serverless 4 replaces a `%s` in a text, as it may
 * occur in a message or a URL, and writes no line end of its own after a text.
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
 * Packages for a run on this machine. When Serverless 4 packages, it asks AWS for the bucket that all services of an
 * account share, and makes it if there is none.
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
