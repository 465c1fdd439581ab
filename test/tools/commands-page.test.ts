import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { CommandDefinition } from '../../src/features/command/command';
import { COMMANDS, commandNames } from '../../src/features/commands';
import { withExamples } from '../../src/features/command/declare';
import { commandsPage } from '../../tools/pages/commands';

const page = commandsPage();
const definitionOf = (name: string): CommandDefinition =>
  name.split(' ').reduce<CommandDefinition>((command, part) => command.commands![part]!, {
    usage: '',
    commands: COMMANDS,
  });
const sectionOf = (name: string) =>
  page.split(/^## /m).find((section) => section.startsWith(`${name}\n`)) ?? '';

describe('the page of the commands', () => {
  it('is what the definitions give now: `npm run docs` makes it', () => {
    expect(readFileSync(resolve(__dirname, '../../docs/commands.md'), 'utf8')).toBe(page);
  });

  it.each(commandNames())('tells all of %s', (name) => {
    const { usage, options = {}, examples = [], exitCodes = {} } = definitionOf(name);
    const section = sectionOf(name);
    expect(section).toContain(usage);
    expect(section).toContain(`sls watchbot ${name}`);
    for (const option of Object.keys(options)) expect(section).toMatch(new RegExp(`\`--${option}[ \`]`));
    for (const { line, does } of examples) {
      expect(section).toContain(line.replaceAll('|', String.raw`\|`));
      expect(section).toContain(does);
    }
    for (const [code, meaning] of Object.entries(exitCodes))
      expect(section).toContain(`| ${code} | ${meaning} |`);
  });

  it('has no example of an option that is not there', () => {
    for (const name of commandNames()) {
      const { options = {}, examples = [] } = definitionOf(name);
      const shown = examples.flatMap(({ line }) =>
        [...line.matchAll(/ --([\w-]+)/g)].map(([, option]) => option),
      );
      expect(Object.keys(options)).toEqual(expect.arrayContaining(shown));
    }
  });
});

it('shows the examples of the command that help is asked of, and of no other', () => {
  const commands = { watchbot: { usage: 'all', commands: { ...COMMANDS } } };
  const { watchbot } = withExamples(commands, ['watchbot', 'send'], 'npx osls');
  expect(watchbot?.commands?.send?.usage).toContain(
    `npx osls ${COMMANDS.send!.examples![0]!.line.slice('sls '.length)}\n`,
  );
  expect(watchbot?.commands?.logs).toBe(COMMANDS.logs);
  expect(withExamples(commands, ['watchbot'], 'sls')).toEqual(commands);
  expect(withExamples(commands, ['deploy'], 'sls')).toBe(commands);
});
