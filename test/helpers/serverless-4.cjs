// Stands in for Serverless 4, which downloads itself when it runs. It follows version 4.41 of its open library: how it
// parses a command line, which objects it gives the plugin, and in which order it calls the plugin. As a program it
// runs the built plugin on each of the configurations in SERVICES, one after the other.
'use strict';

const process = require('node:process');
const yargs = require('yargs');

/** Options of the framework itself that tests use. */
const COMMON = {
  help: { type: 'boolean', shortcut: 'h' },
  stage: { type: 'string', shortcut: 's' },
  region: { type: 'string', shortcut: 'r' },
  param: { type: 'multiple' },
  verbose: { type: 'boolean' },
};

/** Parses a line. The settings do not depend on what a plugin declares. */
function parse(line) {
  const { _, ...options } = yargs([...line])
    .parserConfiguration({ 'parse-numbers': false, 'camel-case-expansion': false })
    .array('param')
    .version(false)
    .help(false)
    .parseSync();
  delete options.$0;
  return { commands: _.map(String), options };
}

/** Checks the options against those declared, and returns them by their long names. */
function checked({ commands, options }, declared) {
  const command = commands.reduce((found, word) => found?.commands?.[word], { commands: declared });
  if (command === undefined) throw new Error(`Serverless command "${commands.join(' ')}" not found.`);
  const known = { ...command.options, ...COMMON };
  const nameOf = (short) => Object.keys(known).find((name) => known[name].shortcut === short) ?? short;
  const named = Object.fromEntries(Object.entries(options).map(([name, value]) => [nameOf(name), value]));
  for (const [name, value] of Object.entries(named)) check(known[name]?.type, name, value);
  return { command, options: named };
}

function check(type, name, value) {
  if (type === undefined) throw new Error(`Unrecognized option "${name}".`);
  // Serverless 4 does not check options of this type.
  if (type === 'array') return;
  const isOfType = type === 'multiple' ? Array.isArray(value) : typeof value === type;
  if (!isOfType)
    throw new Error(`Option "${name}" is of type "${typeof value}" but expected type "${type}".`);
}

/** Credentials from the environment. Since 4.30, Serverless asks for them at each call. */
async function getCredentials() {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  if (AWS_ACCESS_KEY_ID === undefined) {
    throw Object.assign(new Error('AWS credentials missing or invalid.'), {
      name: 'ServerlessError',
      code: 'AWS_CREDENTIALS_MISSING',
    });
  }
  const found = {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    sessionToken: AWS_SESSION_TOKEN,
    accountId: '123456789012',
    callerUserId: undefined,
    callerArn: undefined,
  };
  return process.env.CREDENTIALS_IN_OBJECT === undefined ? found : { credentials: found };
}

/** Refuses a section that is there already. */
function addSection(name, content) {
  if (this.servicePluginOutputs.has(name)) {
    throw new TypeError(`Section content for "${name}" was already set`);
  }
  this.servicePluginOutputs.set(name, content);
}

/**
 * The events of `package`, as a plugin of the service sees them: hooks of the framework run before, and that of the last
 * one runs those before it.
 */
const PACKAGE_EVENTS = [
  'before:package:cleanup',
  'package:cleanup',
  'before:package:initialize',
  'package:initialize',
  'after:package:initialize',
  'package:compileEvents',
  'aws:package:finalize:mergeCustomProviderResources',
  'aws:package:finalize:saveServiceState',
  'package:finalize',
];

function serverlessOf(configuration, { commands, options }) {
  const provider = {
    naming: {
      getStackName: () => `${configuration.service}-${provider.getStage()}`,
      getCompiledTemplateFileName: () => 'cloudformation-template-update-stack.json',
    },
    getStage: () => options.stage ?? 'dev',
    getRegion: () => options.region ?? 'us-east-1',
    getCredentials,
    resolveCredentials: getCredentials,
    sdk: { config: { httpOptions: {} } },
  };
  return {
    version: '4.41.0',
    serviceDir: process.cwd(),
    configurationInput: configuration,
    processedInput: { commands, options },
    credentialProviders: { aws: getCredentials },
    compose: { serviceParams: {}, isWithinCompose: false },
    configSchemaHandler: { defineTopLevelProperty: () => undefined },
    pluginManager: { hooks: {}, spawn: () => Promise.reject(new Error('nothing is packaged here')) },
    getProvider: () => provider,
    servicePluginOutputs: new Map(),
    addServiceOutputSection: addSection,
    service: {
      service: configuration.service,
      provider: { ...configuration.provider },
      package: {},
      initialServerlessConfig: configuration,
    },
  };
}

/** Fills `%s` and `%d` in the text, even if they were not meant as placeholders. */
function format(text, ...others) {
  const filled = String(text).replace(/%[sd]/g, () => String(others.shift()));
  return [filled, ...others].join(' ');
}

const write =
  (mark) =>
  (text, ...others) =>
    void process.stderr.write(`${mark}${format(text, ...others)}\n`);
const progress = { get: () => progress, notice: () => undefined, remove: () => undefined };
const utils = {
  log: { notice: write(''), warning: write('[!] '), error: write('✖ '), info: () => undefined },
  progress,
  writeText: (text) => void process.stdout.write(text.endsWith('\n') ? text : `${text}\n`),
};

/** The framework's own commands that tests run. `remove` goes on without a stack. */
const OWN_COMMANDS = { remove: { lifecycleEvents: ['remove'] } };

async function run(line, configuration) {
  const Plugin = require('../../dist/index.js');
  const input = parse(line);
  const cliOptions = { ...input.options };
  const serverless = serverlessOf(configuration, { ...input, options: cliOptions });
  const plugin = new Plugin(serverless, cliOptions, utils);
  const { command, options } = checked(input, { ...OWN_COMMANDS, ...plugin.commands });
  Object.assign(cliOptions, options);
  for (const event of command.lifecycleEvents) {
    const name = [...input.commands, event].join(':');
    for (const hook of [`before:${name}`, name, `after:${name}`]) await plugin.hooks[hook]?.();
  }
}

/** Prints an error, with its stack if it has one. */
function fail(error) {
  process.stderr.write(`✖ ${error.stack || error.message}\n`);
  process.exit(1);
}

module.exports = { parse, checked, serverlessOf, utils, PACKAGE_EVENTS };
async function runAll() {
  for (const configuration of JSON.parse(process.env.SERVICES))
    await run(process.argv.slice(2), configuration);
}

if (require.main === module) runAll().catch(fail);
