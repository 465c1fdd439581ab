import {
  COMMON_OPTIONS,
  type CommandDefinition,
  type CommandOption,
} from '../../src/features/command/command';
import { COMMANDS } from '../../src/features/commands';

const INTRODUCTION = `# Commands

<!-- Made by \`npm run docs\` from src/features/: do not edit. -->
<!-- prettier-ignore-start -->

All stand behind \`sls watchbot\`, and take the framework's own options (\`--stage\`, \`--region\`, \`--aws-profile\`, \`--param\`,
\`--verbose\`, …). They reach AWS with the framework's credentials, profile and region, and where \`AWS_ENDPOINT_URL\` says; with
\`--local\`, they reach the emulator of a \`sls watchbot local\` on this machine.

Write words before options, as in \`sls watchbot send hello --local\`: so every framework reads them alike. Serverless 4 gives
its own options (\`--verbose hello\`) the word behind them.

Results go to standard output, all else to standard error. Colours, bars and redrawn screens are for terminals: where output
is piped there are none, nor are colours where \`NO_COLOR\` is set. \`sls watchbot COMMAND --help\` shows what stands here.`;

const COMMON_EXIT_CODES: Readonly<Record<number, string>> = {
  0: 'done',
  1: 'an error, which is told with its code, its place and what to do; or what could not be done in part',
};

/** The page of all commands, as Markdown, from their definitions. */
export function commandsPage(commands: Readonly<Record<string, CommandDefinition>> = COMMANDS): string {
  const sections = Object.entries(commands).flatMap(([name, command]) => sectionsOf(name, command));
  return [INTRODUCTION, common(), ...sections, '<!-- prettier-ignore-end -->\n'].join('\n\n');
}

function common(): string {
  return [
    '## What commands share',
    table(['option', ''], optionRows(COMMON_OPTIONS)),
    table(['exit code', ''], exitCodeRows(COMMON_EXIT_CODES)),
  ].join('\n\n');
}

/** A command that is only a word before others has a section for what it is, and theirs follow. */
function sectionsOf(name: string, command: CommandDefinition): string[] {
  const below = Object.entries(command.commands ?? {}).flatMap(([part, each]) =>
    sectionsOf(`${name} ${part}`, each),
  );
  return [sectionOf(name, command), ...below];
}

function sectionOf(name: string, command: CommandDefinition): string {
  const { usage, words, options = {}, examples = [], exitCodes, notes = [], commands } = command;
  const own = Object.entries(options).filter(([option, each]) => !isCommon(option, each));
  const shared = Object.keys(options).filter((option) => isCommon(option, options[option]));
  const parts = [`## ${name}`, `${usage}.`];
  if (commands === undefined) parts.push(fenced([usageLine(name, options, words)]));
  if (own.length > 0) parts.push(table(['option', ''], optionRows(Object.fromEntries(own))));
  if (shared.length > 0)
    parts.push(`As other commands: ${shared.map((each) => `\`--${each}\``).join(', ')}.`);
  if (examples.length > 0)
    parts.push(
      table(
        ['example', ''],
        examples.map(({ line, does }) => [code(line), does]),
      ),
    );
  if (exitCodes !== undefined) parts.push(table(['exit code', ''], exitCodeRows(exitCodes)));
  return [...parts, ...notes].join('\n\n');
}

const COMMON: Readonly<Record<string, CommandOption>> = COMMON_OPTIONS;

function isCommon(name: string, option: CommandOption | undefined): boolean {
  return COMMON[name] !== undefined && COMMON[name] === option;
}

function usageLine(name: string, options: object, words = ''): string {
  return [
    'sls watchbot',
    name,
    words === '' ? [] : `[${words}]`,
    Object.keys(options).length > 0 ? '[options]' : [],
  ]
    .flat()
    .join(' ');
}

function optionRows(options: Readonly<Record<string, CommandOption>>): string[][] {
  return Object.entries(options).map(([name, { usage, type, shortcut }]) => {
    const value = type === 'boolean' ? '' : ' VALUE';
    const short = shortcut === undefined ? [] : [code(`-${shortcut}`)];
    return [[code(`--${name}${value}`), ...short].join(', '), usage];
  });
}

function exitCodeRows(codes: Readonly<Record<number, string>>): string[][] {
  return Object.entries(codes).map(([number, meaning]) => [number, meaning]);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const code = (text: string) => (text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``);

const fenced = (lines: readonly string[]) => ['```sh', ...lines, '```'].join('\n');
