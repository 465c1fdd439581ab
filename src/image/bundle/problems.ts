import type { Message } from 'esbuild';
import { escapeHidden } from '../../shared/escape';
import type { Problem } from '../../errors/problem';

/** The worker and its handler, as the `watchbot` section has them. */
export interface Owner {
  worker: string;
  handler: string;
}

/** The file that esbuild names for an error in the line that imports the handler. */
export const ENTRY_NAME = 'handler';

export const placeOfHandler = ({ worker }: Pick<Owner, 'worker'>) => `watchbot handler of worker ${worker}`;

/** An error of esbuild, with what can be done about it. */
export function bundleProblem(message: Message, owner: Owner): Problem {
  const given = escapeHidden(message.text);
  const { location } = message;
  if (location === null) return { code: 'WATCHBOT_BUNDLE', place: placeOfHandler(owner), given };
  if (location.file === ENTRY_NAME) return lacksExport(given, owner);
  return {
    code: 'WATCHBOT_BUNDLE',
    place: `${location.file}:${location.line}:${location.column + 1}`,
    given: `${given}${lineOf(location)}`,
    ...adviceOn(message.text),
  };
}

/** A warning in one line. */
export function bundleWarning({ text, location }: Message, { worker }: Owner): string {
  const place = location === null ? '' : ` at ${location.file}:${location.line}:${location.column + 1}`;
  return escapeHidden(`${worker}: ${text}${place}`);
}

const LONGEST_LINE = 120;

function lineOf({ lineText }: { lineText: string }): string {
  const line = escapeHidden(lineText.trim());
  return line === ''
    ? ''
    : ` in: ${line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE - 1)}…` : line}`;
}

function lacksExport(text: string, owner: Owner): Problem {
  const [, file, name] = /^No matching export in "(.*)" for import "(.*)"$/.exec(text) ?? [];
  return {
    code: 'WATCHBOT_BUNDLE',
    place: placeOfHandler(owner),
    given:
      name === undefined
        ? `${owner.handler}: ${text}`
        : `${owner.handler}, but ${file} does not export ${name}`,
    allowed: 'an export of that file',
    advice: 'export it, or name another one',
  };
}

const KNOWN: readonly { pattern: RegExp; advice: (match: string) => string }[] = [
  {
    pattern: /^No loader is configured for "\.node" files: (.*)$/,
    advice: (file) => `it has native parts: name the package, \`bundle: { external: [${packageOf(file)}] }\``,
  },
  {
    pattern: /^Could not resolve "(\.{0,2}\/.*)"$/,
    advice: () => 'see that the file is there, under this name',
  },
  {
    pattern: /^Could not resolve "(.*)"$/,
    advice: (name) => `install it: npm install ${packageOf(name)}`,
  },
  {
    pattern: /^Top-level await is currently not supported with the "cjs" output format$/,
    advice: () => 'make it an ES module: `"type": "module"` in package.json, or the ending .mts or .mjs',
  },
];

function adviceOn(text: string): Pick<Problem, 'advice'> {
  for (const { pattern, advice } of KNOWN) {
    const match = pattern.exec(text);
    if (match !== null) return { advice: advice(match[1] ?? '') };
  }
  return {};
}

/** The package that a file, or a path in an import, belongs to. */
function packageOf(file: string): string {
  const below = file.split(/node_modules[/\\]/).at(-1) ?? file;
  const [first = '', second = ''] = below.split(/[/\\]/);
  return first.startsWith('@') ? `${first}/${second}` : first;
}
