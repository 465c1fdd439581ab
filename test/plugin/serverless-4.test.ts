import { describe, expect, it } from '@jest/globals';
import { commandsFor } from '../../src/features/command/declare';
import type { Serverless, Utils } from '../../src/plugin/framework';
import { ServerlessWatchbot } from '../../src/plugin/plugin';
import { declaredFor, utilsFor, withoutSharedBucket } from '../../src/plugin/serverless-4';

const SERVERLESS_4 = { credentialProviders: {} };

describe('the types of options', () => {
  interface Declared {
    options: Record<string, { type: string; usage: string }>;
  }
  const sendOf = (framework: object) => {
    const { watchbot } = declaredFor(framework, commandsFor(['watchbot', 'send'])) as unknown as {
      watchbot: { commands: { send: Declared } };
    };
    return watchbot.commands.send;
  };

  it('are those that Serverless 3 and osls know', () => {
    const { options } = sendOf({});
    expect([options.local?.type, options.attribute?.type, options.delay?.type]).toEqual([
      'boolean',
      'multiple',
      'string',
    ]);
  });

  it('let Serverless 4 pass options on as it has parsed them', () => {
    const { options, ...command } = sendOf(SERVERLESS_4);
    expect([options.local?.type, options.attribute?.type, options.delay?.type]).toEqual([
      'array',
      'array',
      'string',
    ]);
    expect({ ...command, options: Object.keys(options) }).toEqual({
      ...sendOf({}),
      options: Object.keys(sendOf({}).options),
    });
  });
});

describe('output', () => {
  function recorded(framework: object) {
    const written: unknown[][] = [];
    const write =
      (name: string) =>
      (...args: unknown[]) =>
        void written.push([name, ...args]);
    const utils = {
      log: { notice: write('notice'), warning: write('warning'), error: write('error'), info: write('info') },
      writeText: write('text'),
    } as unknown as Utils;
    const { log, writeText } = utilsFor(framework, utils);
    log.notice('50%done');
    log.warning('a');
    log.error('b');
    log.info('c');
    writeText('line\n');
    return written;
  }

  it('is passed unchanged to Serverless 3 and osls', () => {
    expect(recorded({})).toEqual([
      ['notice', '50%done'],
      ['warning', 'a'],
      ['error', 'b'],
      ['info', 'c'],
      ['text', 'line\n'],
    ]);
  });

  it('is safe from placeholders in Serverless 4, and ends with a line feed', () => {
    expect(recorded(SERVERLESS_4)).toEqual([
      ['notice', '%s', '50%done'],
      ['warning', '%s', 'a'],
      ['error', '%s', 'b'],
      ['info', '%s', 'c'],
      ['text', 'line\n\n'],
    ]);
  });
});

it.each(['help', 'h'])('examples are shown by --help, even if the framework has only parsed %s', (option) => {
  const serverless = {
    ...SERVERLESS_4,
    processedInput: { commands: ['watchbot', 'send'], options: { [option]: true } },
    configSchemaHandler: { defineTopLevelProperty: () => undefined },
  } as unknown as Serverless;
  const { commands } = new ServerlessWatchbot(serverless, {}, { log: {} } as Utils);
  expect(JSON.stringify(commands)).toContain('sls watchbot send hello --delay 15m');
});

describe('packaging for `local`', () => {
  const seenBy = async (framework: object, run: () => Promise<void> = () => Promise.resolve()) => {
    const provider: { isLegacyDeploymentBucketEnabled?: unknown } = {};
    const seen: unknown[] = [];
    const serverless = { ...framework, getProvider: () => provider } as unknown as Serverless;
    const result = withoutSharedBucket(serverless, () => {
      seen.push(provider.isLegacyDeploymentBucketEnabled);
      return run();
    });
    await result.catch(() => undefined);
    return [...seen, provider.isLegacyDeploymentBucketEnabled];
  };

  it('asks AWS for no bucket in Serverless 4, and restores the setting afterwards', async () => {
    expect(await seenBy(SERVERLESS_4)).toEqual([true, undefined]);
    expect(await seenBy(SERVERLESS_4, () => Promise.reject(new Error('not packaged')))).toEqual([
      true,
      undefined,
    ]);
  });

  it('changes nothing in other frameworks', async () => {
    expect(await seenBy({})).toEqual([undefined, undefined]);
  });
});
