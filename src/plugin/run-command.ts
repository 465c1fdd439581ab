import { emulatorEndpoint } from '../features/local/emulators';
import type { CommandRun } from '../features/common/command';
import { RUNS } from '../features/common/definitions';
import { givenOptions } from '../features/common/given-options';
import { portOption } from '../features/common/options';
import type { Target } from '../features/common/target';
import { typedWords } from '../features/common/typed-words';
import { visibleVoice } from '../features/common/visible-controls';
import { calledBy } from '../features/common/words';
import { awsClients, localClients } from './clients';
import type { CommandParts } from './framework';
import { interruptible } from './ctrl-c';

/** Runs one of the commands: gives it the world, and the process its exit code. */
export async function runCommand(name: string, parts: CommandParts): Promise<void> {
  const { serverless, configuration, utils } = parts;
  const typed = typedWords(process.argv.slice(2), name);
  const options = givenOptions(name, parts.options, typed);
  const words = typed ?? calledBy(serverless.processedInput.commands)?.words ?? [];
  const run = await RUNS[name]!();
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
  return options.local === true
    ? { isLocal: true, region, text: endpoint, clients: localClients(provider, endpoint) }
    : { isLocal: false, region, text: `AWS, ${region}`, clients: awsClients(provider) };
}
