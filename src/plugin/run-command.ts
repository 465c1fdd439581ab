import type { CommandRun } from '../features/command/command';
import { givenOptions, typedWords } from '../features/command/command-line';
import { calledBy } from '../features/command/declare';
import { portOption } from '../features/command/options';
import { visibleVoice } from '../features/command/terminal-text';
import { definitionOf } from '../features/commands';
import { emulatorEndpoint } from '../features/local/emulators';
import { findLocalRun } from '../features/stack/local-run';
import { createTarget, type Target } from '../features/stack/target';
import { systemClock } from '../shared/clock';
import { LOCAL_CREDENTIALS, localClients } from './clients';
import { loadConfiguration } from './configuration';
import { interruptible, onCtrlC } from './ctrl-c';
import type { HookContext } from './framework';
import { packageFolder, packageWithoutAws } from './package';
import { hintsFor } from './started';

/** Runs one of the commands: gives it the terminal and the clients, and gives the process its exit code. */
export async function runCommand(name: string, context: HookContext): Promise<void> {
  const { serverless, configuration, utils } = context;
  const typed = typedWords(process.argv.slice(2), name);
  const options = givenOptions(name, context.options, typed);
  const words = typed ?? calledBy(serverless.processedInput.commands)?.words ?? [];
  const run = await definitionOf(name)!.run!();
  const target = await targetOf({ ...context, options });
  const code = await interruptible((signal) =>
    run({
      words,
      options,
      asStarted: hintsFor(options),
      configuration,
      serviceFolder: serverless.serviceDir,
      target,
      terminal: {
        input: process.stdin,
        output: process.stdout,
        error: process.stderr,
        environment: process.env,
      },
      voice: visibleVoice(utils),
      clock: systemClock,
      random: Math.random,
      signal,
    } satisfies CommandRun),
  );
  if (typeof code === 'number') process.exitCode = code;
}

async function targetOf({ serverless, options, configuration, clients }: HookContext): Promise<Target> {
  const { region } = configuration.context;
  const port = portOption(options, { least: 1 });
  if (options.local !== true) {
    return createTarget({ isLocal: false, region, text: `AWS, ${region}`, clients });
  }
  // A run of this folder is found whatever its port is.
  const found = options.port === undefined ? await findLocalRun(serverless.serviceDir) : undefined;
  const text = found?.endpoint ?? emulatorEndpoint(port);
  return createTarget({
    isLocal: true,
    region,
    text,
    clients: localClients(serverless.getProvider('aws'), text),
  });
}

/** `sls watchbot local`, which packages first, and ends in a way of its own. */
export async function runLocalCommand(context: HookContext): Promise<void> {
  const { serverless, configuration, utils } = context;
  const provider = serverless.getProvider('aws');
  typedWords(process.argv.slice(2), 'local');
  const { runLocal } = await import('../features/local/local.js');
  const code = await runLocal({
    options: givenOptions('local', context.options),
    asStarted: hintsFor(context.options),
    configuration,
    serviceFolder: serverless.serviceDir,
    packageService: async () => {
      await packageWithoutAws(serverless);
      return {
        folder: packageFolder(serverless, context.options),
        templateFile: provider.naming.getCompiledTemplateFileName(),
        configuration: await loadConfiguration(serverless),
      };
    },
    clientsAt: (endpoint) => localClients(provider, endpoint),
    credentials: LOCAL_CREDENTIALS,
    onCtrlC,
    terminal: { output: process.stdout, error: process.stderr, environment: process.env },
    voice: utils,
    node: { program: process.execPath, version: process.versions.node },
    clock: systemClock,
  });
  if (code !== undefined) process.exitCode = code;
}
