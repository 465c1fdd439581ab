import { UserError } from '../errors/user-error';
import type { Configuration } from '../config/configuration';
import { commandsFor, eventOf } from './commands';
import type { Command, Serverless, Utils, VariableSource } from './framework';
import { hasSection, loadConfiguration } from './service-context';
import { watchbotVariables } from './variables';

type Options = Record<string, unknown>;

/** The plugin: which moment of the framework leads to what. */
export class ServerlessWatchbot {
  readonly commands: Record<string, Command>;
  readonly hooks: Record<string, () => Promise<void>>;
  readonly configurationVariablesSources: Record<string, VariableSource>;

  private readonly serverless: Serverless;
  private readonly options: Options;
  private readonly utils: Utils;
  private configuration: Promise<Configuration> | undefined;

  constructor(serverless: Serverless, options: Options, utils: Utils) {
    this.serverless = serverless;
    this.options = options;
    this.utils = utils;
    const words = serverless.processedInput.commands;
    this.commands = commandsFor(words);
    this.hooks = {
      'before:package:cleanup': this.ifUsed(() => this.check()),
      'package:compileEvents': this.ifUsed(() => this.package()),
      'before:deploy:deploy': this.ifUsed(() => this.refuseDeploy()),
      [eventOf('local', words)]: () => this.local(),
      [eventOf('send', words)]: () => this.send(words),
    };
    this.configurationVariablesSources = {
      watchbot: watchbotVariables(() => serverless.configurationInput?.watchbot),
    };
    // Anything goes here: the framework only warns about what its schema refuses, so the plugin checks by itself.
    serverless.configSchemaHandler.defineTopLevelProperty('watchbot', {});
  }

  private ifUsed(hook: () => Promise<void>): () => Promise<void> {
    return async () => {
      if (hasSection(this.serverless)) await hook();
    };
  }

  private load(): Promise<Configuration> {
    this.configuration ??= loadConfiguration(this.serverless);
    return this.configuration;
  }

  /** Before the last package is removed: a mistake leaves everything as it is. */
  private async check(): Promise<void> {
    await this.load();
  }

  private async package(): Promise<void> {
    const { packageService } = await import('./package-service.js');
    await packageService(this.serverless, this.utils.log, await this.load());
  }

  private refuseDeploy(): Promise<void> {
    const error = UserError.of({
      code: 'WATCHBOT_DEPLOY_UNSUPPORTED',
      place: 'sls deploy',
      given: 'a service whose image is still to be built',
      allowed: 'sls package, sls watchbot local',
      advice: 'nothing was changed; building and pushing images comes with a later version of the plugin',
    });
    return Promise.reject(error);
  }

  private async local(): Promise<void> {
    const { runLocal } = await import('./run-local.js');
    await runLocal({ ...this.environment(), configuration: await this.load() });
  }

  private async send(words: readonly string[]): Promise<void> {
    const { runSend } = await import('./run-send.js');
    await runSend({ ...this.environment(), configuration: await this.load(), words });
  }

  private environment() {
    const { serverless, options, utils } = this;
    return { serverless, options, utils };
  }
}
