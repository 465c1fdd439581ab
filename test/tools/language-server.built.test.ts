import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { CORPUS_NAMES } from '../helpers/corpus';
import { ROOT, SERVICES } from '../helpers/framework';
import { LanguageServer, type Completion } from '../helpers/language-server';

/** As docs/editor.md has it, with the schema of this checkout. */
const HEADER = `# yaml-language-server: $schema=${path.join(ROOT, 'schema.json')}\n`;
const settings = () => {
  const page = readFileSync(path.join(ROOT, 'docs/editor.md'), 'utf8');
  const [, json = ''] = /```json\n([^]*?)```/.exec(page)!;
  const { 'yaml.customTags': customTags } = JSON.parse(json) as { 'yaml.customTags': string[] };
  // VS Code's defaults, without the download of other schemas.
  return { customTags, validate: true, completion: true, hover: true, schemaStore: { enable: false } };
};

let server: LanguageServer;
beforeAll(async () => {
  server = new LanguageServer(ROOT, settings());
  await server.start();
});
afterAll(() => server.stop());

/** Opens a service whose section is given, with `¦` where the cursor is. */
async function edit(name: string, section: string) {
  const text = `${HEADER}service: tiles\nprovider: { name: aws }\ncustom: { any: thing }\n${section}`;
  const before = text.slice(0, text.indexOf('¦')).split('\n');
  const diagnostics = await server.open(name, text.replace('¦', ''));
  return { diagnostics, line: before.length - 1, character: before.at(-1)!.length };
}

const lines = (text: string) =>
  server
    .open(`${text.length}.yml`, HEADER + text)
    .then((diagnostics) => diagnostics.map(({ message, range }) => `${range.start.line}: ${message}`));

const told = ({ documentation }: Completion) =>
  typeof documentation === 'string' ? documentation : documentation.value;

describe('an editor', () => {
  it.each([
    {
      where: 'in a worker',
      section: 'watchbot:\n  command: ./work\n  ¦\n',
      key: 'concurrency',
      insert: 'concurrency: ${1:1}',
      says: 'Workers at once in one task.\n\nDefault: `1`.',
    },
    {
      where: 'in a named worker',
      section: 'watchbot:\n  workers:\n    a:\n      command: ./work\n      ¦\n',
      key: 'maxJobDuration',
      insert: 'maxJobDuration: ${1:0}',
      says: 'at most 12 hours',
    },
    {
      where: 'in a map of a worker',
      section: 'watchbot:\n  command: ./work\n  queue:\n    fifo: true\n    ¦\n',
      key: 'visibilityTimeout',
      insert: 'visibilityTimeout: ${1:180}',
      says: 'Default: `180`.',
    },
    {
      where: 'of the section, before it is known whether it has one worker',
      section: 'watchbot:\n  ¦\n',
      key: 'workers',
      insert: 'workers:\n  ',
      says: 'Workers by name',
    },
  ])('completes a key $where', async ({ where, section, key, insert, says }) => {
    const name = `complete-${where.length}.yml`;
    const { line, character } = await edit(name, section);
    const items = await server.complete(name, line, character);
    const item = items.find(({ label }) => label === key)!;
    expect(item.insertText).toContain(insert);
    expect(told(item).toLowerCase()).toContain(says.toLowerCase());
    // Nothing that belongs elsewhere.
    expect(items.map(({ label }) => label)).not.toContain('service');
  });

  it('tells of a key under the pointer, with its default', async () => {
    const { line, character } = await edit('hover.yml', 'watchbot:\n  command: ./work\n  stop¦Timeout: 60\n');
    await expect(server.hover('hover.yml', line, character)).resolves.toMatch(
      /^Seconds that a busy task gets to finish when ECS stops it\. .+\s+Default: `120`\./,
    );
  });

  it('completes values', async () => {
    const { line, character } = await edit('value.yml', 'watchbot:\n  command: ./work\n  capacity: ¦\n');
    const labels = (await server.complete('value.yml', line, character)).map(({ label }) => label);
    expect(labels).toEqual(expect.arrayContaining(['FARGATE', 'FARGATE_SPOT', 'EC2']));
  });

  it('marks what the plugin would refuse', async () => {
    await expect(
      lines(
        [
          'watchbot:',
          '  command: ./work',
          '  concurrency: two',
          '  concurency: 2',
          '  scaling: { max: 5, latency: 5 }',
          '  events: [{ sns: 5 }]',
          '',
        ].join('\n'),
      ),
    ).resolves.toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^3: Wanted: a whole number, 1 to \d+, or a variable like \$\{…\}\.$/),
        '4: Property concurency is not allowed.',
        expect.stringMatching(/^5: Value is below the minimum of 60\.$/),
        expect.stringMatching(/^6: Incorrect type\./),
      ]),
    );
    await expect(
      lines('watchbot:\n  workers: { a: { command: x } }\n  command: ./work\n'),
    ).resolves.toHaveLength(1);
    await expect(lines('watchbot:\n  concurrency: 2\n')).resolves.toHaveLength(1);
  });

  it('takes variables, functions and tags where values stand', async () => {
    await expect(
      lines(
        [
          'watchbot:',
          '  command: ./work',
          '  concurrency: ${self:custom.concurrency}',
          '  topic: ${param:topic}',
          '  queue: ${file(queue.yml)}',
          '  architecture: ${env:ARCHITECTURE}',
          '  vpc: { subnets: [!Ref Subnet, !ImportValue other], securityGroups: !Split [",", !Ref Groups] }',
          '  environment: { BUCKET: !GetAtt Bucket.Arn, URL: !Sub "https://${Bucket}", N: { Ref: Bucket } }',
          '',
        ].join('\n'),
      ),
    ).resolves.toEqual([]);
    await expect(lines('watchbot: ${file(watchbot.yml)}\n')).resolves.toEqual([]);
  });

  it('marks nothing in a right file', async () => {
    // At once: the server waits a little before it looks at each.
    const found = await Promise.all(
      CORPUS_NAMES.map(async (name) => {
        const text = readFileSync(path.join(SERVICES, name, 'serverless.yml'), 'utf8');
        return { name, wrong: await server.open(`${name}.yml`, HEADER + text) };
      }),
    );
    expect(found.filter(({ wrong }) => wrong.length > 0)).toEqual([]);
  });
});
