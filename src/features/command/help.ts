import { COMMANDS, definitionOf } from '../commands';
import type { CommandDefinition } from './command';
import { ROOT } from './declare';

/** What stands behind a word that is no command itself, `watchbot` or `dead-letter`. */
export function helpText(name: string | undefined, program: string): string {
  const commands = name === undefined ? COMMANDS : (definitionOf(name)?.commands ?? {});
  const start = [program, ROOT, ...(name === undefined ? [] : [name])].join(' ');
  const rows = Object.entries(commands).map(([word, { usage, words, commands: below }]) => {
    const behind = below === undefined ? words : 'COMMAND';
    return [
      [start, word, ...(behind === undefined ? [] : [behind])].join(' '),
      firstSentence(usage),
    ] as const;
  });
  const width = Math.max(...rows.map(([line]) => line.length));
  return [
    ...rows.map(([line, usage]) => `${line.padEnd(width)}  ${usage}`),
    '',
    `\`${start} COMMAND --help\` shows the options of one, and examples.`,
  ].join('\n');
}

const firstSentence = (usage: CommandDefinition['usage']) => /^[^.:]*/.exec(usage)?.[0] ?? usage;
