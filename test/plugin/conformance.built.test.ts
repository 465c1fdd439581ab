import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createRequire } from 'node:module';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  copyService,
  endFrameworks,
  FRAMEWORK_NAMES,
  removeServices,
  runFramework,
  type Framework,
} from '../helpers/framework';

afterEach(endFrameworks);
afterAll(removeServices);

const serverless4 = createRequire(__filename)('../helpers/serverless-4.cjs') as {
  PACKAGE_EVENTS: string[];
  utils: unknown;
  serverlessOf: (configuration: object, input: object) => unknown;
};

/** Types of what the plugin uses, in a framework that is about to package. */
interface Shape {
  types: Record<string, string>;
  isInputShared: boolean;
  secondSection: string;
  events: string[];
}

const same = (type: string) => ({ osls: type, serverless: type, 'serverless 4': type });

/**
 * What the plugin uses of each framework. The column of Serverless 4 is what its open library has at 4.41, as the stand-in
 * repeats it; the others are seen in the frameworks themselves.
 */
const TYPES: Record<string, Record<Framework | 'serverless 4', string>> = {
  'serverless.serviceDir': same('string'),
  'serverless.configurationInput': same('object'),
  'serverless.processedInput.commands': same('object'),
  'serverless.processedInput.options': same('object'),
  'serverless.configSchemaHandler.defineTopLevelProperty': same('function'),
  'serverless.pluginManager.spawn': same('function'),
  'serverless.pluginManager.hooks': same('object'),
  'serverless.getProvider': same('function'),
  'serverless.addServiceOutputSection': same('function'),
  'serverless.servicePluginOutputs': same('object'),
  'serverless.credentialProviders': { osls: 'undefined', serverless: 'undefined', 'serverless 4': 'object' },
  'serverless.service.service': same('string'),
  'serverless.service.provider': same('object'),
  'serverless.service.package': same('object'),
  'provider.naming.getStackName': same('function'),
  'provider.naming.getCompiledTemplateFileName': same('function'),
  'provider.getStage': same('function'),
  'provider.getRegion': same('function'),
  'provider.getCredentials': same('function'),
  'provider.getAwsSdkV3Config': { osls: 'function', serverless: 'undefined', 'serverless 4': 'undefined' },
  'provider.getAwsSdkV3CredentialsProvider': {
    osls: 'function',
    serverless: 'undefined',
    'serverless 4': 'undefined',
  },
  'utils.log.notice': same('function'),
  'utils.log.warning': same('function'),
  'utils.log.error': same('function'),
  'utils.progress.get': same('function'),
  'utils.writeText': same('function'),
};

/** As a plugin, it writes the shape of the framework that loads it. */
const PROBE = `'use strict';
const { writeFileSync } = require('node:fs');
function shapeOf(serverless, utils, paths) {
  const roots = { serverless, utils, provider: serverless.getProvider('aws') };
  const typeAt = (path) => typeof path.split('.').reduce((value, key) => value?.[key], roots);
  let secondSection = 'taken';
  try {
    serverless.addServiceOutputSection('probe', ['first']);
    serverless.addServiceOutputSection('probe', ['second']);
  } catch ({ message }) {
    secondSection = message;
  }
  serverless.servicePluginOutputs.delete('probe');
  serverless.addServiceOutputSection('probe', ['third']);
  return {
    types: Object.fromEntries(paths.map((path) => [path, typeAt(path)])),
    isInputShared: serverless.service.initialServerlessConfig === serverless.configurationInput,
    secondSection,
  };
}
module.exports = class {
  constructor(serverless, _, utils) {
    const { paths, names } = require('./probe.json');
    const events = [];
    this.hooks = Object.fromEntries(names.map((name) => [name, () => void events.push(name)]));
    this.hooks.finalize = () => {
      const shape = { ...shapeOf(serverless, utils, paths), events };
      writeFileSync(__dirname + '/shape.json', JSON.stringify(shape));
    };
  }
};
module.exports.shapeOf = shapeOf;
`;

const PATHS = Object.keys(TYPES);

/** A service with the probe. */
function probed(): string {
  const folder = copyService('with-functions');
  const config = `service: probe
provider: { name: aws, region: us-east-1 }
plugins: [./probe.cjs]
`;
  writeFileSync(path.join(folder, 'serverless.yml'), config);
  writeFileSync(path.join(folder, 'probe.cjs'), PROBE);
  // Not in order: what is recorded comes from the framework.
  const names = [...serverless4.PACKAGE_EVENTS].sort();
  writeFileSync(path.join(folder, 'probe.json'), JSON.stringify({ paths: PATHS, names }));
  return folder;
}

async function shapeIn(framework: Framework): Promise<Shape> {
  const folder = probed();
  const { code, output } = await runFramework(framework, ['package'], { folder });
  if (code !== 0) throw new Error(output);
  return JSON.parse(readFileSync(path.join(folder, 'shape.json'), 'utf8')) as Shape;
}

function shapeOf4(): Shape {
  const { shapeOf } = createRequire(__filename)(path.join(probed(), 'probe.cjs')) as {
    shapeOf: (serverless: unknown, utils: unknown, paths: readonly string[]) => Omit<Shape, 'events'>;
  };
  const configuration = { service: 'probe', provider: { name: 'aws' } };
  const serverless = serverless4.serverlessOf(configuration, { commands: ['package'], options: {} });
  return { ...shapeOf(serverless, serverless4.utils, PATHS), events: serverless4.PACKAGE_EVENTS };
}

describe.each([...FRAMEWORK_NAMES, 'serverless 4'] as const)('%s', (framework) => {
  let shape: Shape;
  beforeAll(async () => {
    shape = await (framework === 'serverless 4' ? shapeOf4() : shapeIn(framework));
  });

  it.each(PATHS)('has %s', (name) => {
    expect(shape.types[name]).toBe(TYPES[name]![framework]);
  });

  it('checks before the last package is removed, and has merged all resources before it writes the template', () => {
    expect(shape.events).toEqual(serverless4.PACKAGE_EVENTS);
  });

  it('reads the section where other plugins change it', () => {
    expect(shape.isInputShared).toBe(true);
  });

  it('refuses a section of output that is there, unless it was deleted', () => {
    expect(shape.secondSection).toBe('Section content for "probe" was already set');
  });
});
