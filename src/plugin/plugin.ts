import type { Configuration } from '../config/configuration';
import { docsLink } from '../shared/docs-link';
import { UserError } from '../errors/user-error';
import { commandsFor, eventOf, withExamples } from '../features/command/declare';
import { commandNames, COMMANDS, definitionOf } from '../features/commands';
import { hasWorker, loadConfiguration, whyNothing } from './configuration';
import { DEPLOY_OPTIONS } from './deploy-option';
import type { HookContext, Serverless, Utils, VariableSource } from './framework';
import { declaredFor, utilsFor } from './serverless-4';
import { hintsFor, startedProgram } from './started';

type Options = Record<string, unknown>;

/** The plugin: what it does at which moment of the framework. */
export class ServerlessWatchbot {
  readonly commands: Record<string, object>;
  readonly hooks: Record<string, () => Promise<void>>;
  readonly configurationVariablesSources: Record<string, VariableSource>;

  private readonly serverless: Serverless;
  private readonly options: Options;
  private readonly utils: Utils;
  private configuration: Promise<Configuration> | undefined;
  /** Logical ids of what the plugin has added to the template. */
  private added: readonly string[] = [];
  private isRemoved = false;

  constructor(serverless: Serverless, options: Options, utils: Utils) {
    this.serverless = serverless;
    this.options = options;
    this.utils = utilsFor(serverless, utils);
    const { commands: words, options: given } = serverless.processedInput;
    const commands = commandsFor(words);
    // Serverless 4 does not know short forms yet.
    const isHelp = given.help === true || given.h === true;
    this.commands = {
      ...declaredFor(serverless, isHelp ? withExamples(commands, words, startedProgram()) : commands),
      ...DEPLOY_OPTIONS,
    };
    this.hooks = {
      'before:package:cleanup': () => this.forPeople(() => this.check()),
      'package:compileEvents': this.ifUsed(() => this.package()),
      // By now other plugins have given functions the roles that they keep.
      'before:aws:package:finalize:mergeCustomProviderResources': this.ifUsed(() => this.letFunctionsSend()),
      // The framework has merged the service's own resources: its hook of this event comes first.
      'aws:package:finalize:mergeCustomProviderResources': this.ifUsed(() => this.checkNames()),
      // By now the service's own resources and extensions are in the template.
      'after:aws:package:finalize:mergeCustomProviderResources': this.ifUsed(() => this.requireWatchers()),
      // After all that plugins do before a deploy, and before the framework makes or changes the stack.
      'before:aws:deploy:deploy:createStack': this.ifUsed(() => this.beforeDeploy()),
      // By now it is known whether anything has changed since the last deploy.
      'before:aws:deploy:deploy:uploadArtifacts': () =>
        this.forPeople(() => this.beforeDeployWithoutWorker()),
      // This is a part of `deploy`, too.
      'after:aws:info:gatherData': this.ifUsed(() => this.showInfo()),
      'before:remove:remove': this.ifUsed(() => this.beforeRemove()),
      'after:remove:remove': this.ifUsed(() => this.removeImages()),
      [eventOf('local', words)]: () => this.forPeople(() => this.local()),
      ...this.helpHooks(words),
      ...this.commandHooks(words),
    };
    this.configurationVariablesSources = {
      watchbot: watchbotVariables(serverless, options),
    };
    // The framework would only warn of what its schema refuses, so it accepts anything, and the plugin checks.
    serverless.configSchemaHandler.defineTopLevelProperty('watchbot', {});
  }

  private ifUsed(hook: () => Promise<void>): () => Promise<void> {
    return async () => {
      if (hasWorker(this.serverless)) await this.forPeople(hook);
    };
  }

  /** Runs a hook; its errors are told with what a user can paste and read. */
  private async forPeople(hook: () => Promise<void>): Promise<void> {
    await withDocs(hook, hintsFor(this.options));
  }

  private load(): Promise<Configuration> {
    this.configuration ??= loadConfiguration(this.serverless);
    return this.configuration;
  }

  /** Runs before the last package is removed, so that a mistake leaves everything as it is. */
  private async check(): Promise<void> {
    const reason = whyNothing(this.serverless);
    if (reason !== undefined) this.utils.log.notice(`No worker in this stage (${reason}): none is made`);
    if (hasWorker(this.serverless)) await this.load();
  }

  private async package(): Promise<void> {
    // Since the check, other plugins may have changed the service: a network, tags, or the section itself.
    this.configuration = undefined;
    const { packageService } = await import('./package.js');
    this.added = await packageService(await this.context());
  }

  private async checkNames(): Promise<void> {
    const { checkNames } = await import('./package.js');
    await checkNames(this.serverless, this.added);
  }

  private async letFunctionsSend(): Promise<void> {
    const { letFunctionsSend } = await import('./package.js');
    await letFunctionsSend(await this.context());
  }

  private async requireWatchers(): Promise<void> {
    const [{ requireWatchers }, configuration] = await Promise.all([
      import('../resources/watcher-stays.js'),
      this.load(),
    ]);
    requireWatchers(this.serverless.service.provider.compiledCloudFormationTemplate, configuration);
  }

  private async beforeDeploy(): Promise<void> {
    const [{ guardStack }, { deployImages }, context] = await Promise.all([
      import('./guard-stack.js'),
      import('./deploy-images.js'),
      this.context(),
    ]);
    const workers = context.configuration.workers.map(({ name }) => name);
    await guardStack({ ...context, workers });
    await deployImages(context);
  }

  /** A worker that was taken out may have left messages. */
  private async beforeDeployWithoutWorker(): Promise<void> {
    const { serverless, options, utils } = this;
    if (hasWorker(serverless)) return;
    const [{ guardStack, mayDelete }, { awsClients }] = await Promise.all([
      import('./guard-stack.js'),
      import('./clients.js'),
    ]);
    if (!mayDelete(serverless)) return;
    const clients = awsClients(serverless.getProvider('aws'));
    await guardStack({ serverless, options, utils, clients, workers: undefined });
  }

  private async showInfo(): Promise<void> {
    const { showInfo } = await import('./show-info.js');
    await showInfo(await this.context());
  }

  private async beforeRemove(): Promise<void> {
    const { beforeRemove } = await import('./remove-service.js');
    this.isRemoved = await beforeRemove(await this.context());
  }

  private async removeImages(): Promise<void> {
    if (this.isRemoved) return;
    const { removeImages } = await import('./remove-service.js');
    await removeImages(await this.context());
  }

  private async local(): Promise<void> {
    const { runLocalCommand } = await import('./run-command.js');
    await runLocalCommand(await this.context());
  }

  /** A hook for each word that is no command itself. */
  private helpHooks(words: readonly string[]): Record<string, () => Promise<void>> {
    const names = Object.keys(COMMANDS).filter((name) => definitionOf(name)?.commands !== undefined);
    const show = async (name: string | undefined) => {
      const { helpText } = await import('../features/command/help.js');
      this.utils.writeText(helpText(name, startedProgram()));
    };
    const hooks = [undefined, ...names].map((name) => [eventOf(name, words), () => show(name)] as const);
    return Object.fromEntries(hooks);
  }

  /** A hook for each command but `local`. */
  private commandHooks(words: readonly string[]): Record<string, () => Promise<void>> {
    const run = async (name: string) => {
      const { runCommand } = await import('./run-command.js');
      await runCommand(name, await this.context());
    };
    const names = commandNames().filter((name) => definitionOf(name)?.run !== undefined);
    const hooks = names.map((name) => [eventOf(name, words), () => this.forPeople(() => run(name))]);
    return Object.fromEntries(hooks) as Record<string, () => Promise<void>>;
  }

  private async context(): Promise<HookContext> {
    const { serverless, options, utils } = this;
    const configuration = await this.load();
    const { awsClients } = await import('./clients.js');
    return { serverless, options, utils, configuration, clients: awsClients(serverless.getProvider('aws')) };
  }
}

/**
 * Resolves `${watchbot:WORKER.NAME}`, which names something of a worker, to a CloudFormation function. It reads only
 * the few keys on which the value depends, so that the worker's other keys may hold variables themselves.
 */
function watchbotVariables(serverless: Serverless, options: Options): VariableSource {
  return {
    resolve: async ({ address, resolveConfigurationProperty: read }) => {
      const [{ resolveVariable }, { functionsHere }] = await Promise.all([
        import('./resolve-variable.js'),
        import('./functions-here.js'),
      ]);
      const { watchbot: section, functions } = serverless.configurationInput ?? {};
      const typed = { section, functions };
      const here = await functionsHere(serverless);
      const value = await withDocs(
        () => resolveVariable(address ?? '', typed, read, here),
        hintsFor(options),
      );
      return { value };
    },
  };
}

/** Errors that are told as they are to be: a hook may run within another. */
const told = new WeakSet<Error>();

/**
 * Runs a hook. An error of the user gets a link to the page that explains it.
 * @param tell gives a text of it with command lines that can be pasted
 */
export async function withDocs<T>(
  run: () => Promise<T>,
  tell: (text: string) => string = (text) => text,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof UserError) || told.has(error)) throw error;
    const linked = withLink(error, tell(error.message));
    told.add(linked);
    throw linked;
  }
}

/** One link for all problems of an error: for the code of the only one, or for the one that they have in common. */
function withLink(error: UserError, text: string): UserError {
  const { problems, cause } = error;
  const code = problems.length === 1 ? problems[0]!.code : error.code;
  return new UserError(error.code, `${text}\n\n${docsLink('troubleshooting', code)}`, { cause, problems });
}
