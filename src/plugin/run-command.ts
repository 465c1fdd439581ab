import { emulatorEndpoint } from '../features/local/emulators';
import type { CommandRun } from '../features/command/command';
import { givenOptions, typedWords } from '../features/command/command-line';
import { definitionOf } from '../features/commands';
import { portOption } from '../features/command/options';
import { createTarget, type Target } from '../features/stack/target';
import { visibleVoice } from '../features/command/terminal-text';
import { calledBy } from '../features/command/declare';
import { awsClients, localClients } from './clients';
import type { CommandParts } from './framework';
import { interruptible } from './ctrl-c';

/** Runs one of the commands: gives it the world, and the process its exit code. */
export async function runCommand(name: string, parts: CommandParts): Promise<void> {
  const { serverless, configuration, utils } = parts;
  const typed = typedWords(process.argv.slice(2), name);
  const options = givenOptions(name, parts.options, typed);
  const words = typed ?? calledBy(serverless.processedInput.commands)?.words ?? [];
  const run = await definitionOf(name)!.run!();
  const code = await interruptible((signal) =>
    run({
      words,
      options,
      configuration,
      serviceFolder: serverless.serviceDir,
      target: targetOf({ ...parts, options }),
      terminal: {
        input: process.stdin,
        output: process.stdout,
        error: process.stderr,
        environment: process.env,
      },
      voice: visibleVoice(utils),
      signal,
    } satisfies CommandRun),
  );
  if (typeof code === 'number') process.exitCode = code;
}

function targetOf({ serverless, options, configuration }: CommandParts): Target {
  const provider = serverless.getProvider('aws');
  const { region } = configuration.context;
  const endpoint = emulatorEndpoint(portOption(options, { least: 1 }));
  return createTarget(
    options.local === true
      ? { isLocal: true, region, text: endpoint, clients: localClients(provider, endpoint) }
      : { isLocal: false, region, text: `AWS, ${region}`, clients: awsClients(provider) },
  );
}
