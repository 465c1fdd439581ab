import { describeValue, type Problem } from '../../errors/problem';
import type { OnlyWithHandler } from '../schema/program';
import { memoryOfWatcher } from '../sidecars';
import { problemIf, type WorkerRule } from './rule';

const ALLOWED =
  'one of `command`, a shell line or a list of arguments, and `handler`, a text like path/to/file.export';

/** A worker runs a program for each message, or keeps a handler warm. */
const commandOrHandler: WorkerRule = {
  reads: ['command', 'handler'],
  check: ({ worker: { command, handler }, at }) => {
    if (command === undefined && handler === undefined) {
      const advice = 'add `command`, or `handler`';
      return [{ code: 'WATCHBOT_MISSING_KEY', place: at('command'), allowed: ALLOWED, advice }];
    }
    return problemIf(command !== undefined && handler !== undefined, {
      code: 'WATCHBOT_CONTRADICTION',
      place: at('handler'),
      given: '`handler` beside `command`',
      allowed: ALLOWED,
      advice:
        'remove one of the two, or make two workers of them, of which the one that is deployed keeps its name',
    });
  },
};

/** What a command may be, in words. */
export const RUNNABLE = 'a shell line, or a list whose first entry is a program';

const commandIsNotBlank: WorkerRule = {
  reads: ['command', 'entryPoint'],
  check: ({ worker: { command, handler }, at }) => [
    ...blankProblems(command, at('command'), RUNNABLE),
    ...blankProblems(handler?.entryPoint, at('entryPoint'), 'a list whose first entry is a program'),
  ],
};

function blankProblems(
  command: string | readonly string[] | undefined,
  place: string,
  allowed: string,
): Problem[] {
  const program = typeof command === 'string' ? command : command?.[0];
  const isProgram = program !== undefined && program.trim() !== '' && !program.includes('\0');
  if (command === undefined || isProgram) return [];
  return [{ code: 'WATCHBOT_MALFORMED', place, given: describeValue(command), allowed }];
}

/** What a worker leaves running is killed when it ends: a line that only starts its job would lose it and be a success. */
export const commandIsNotInBackground: WorkerRule = {
  reads: ['command'],
  check: ({ worker, at }) => {
    const line = shellLineOf(worker.command);
    const advice = line === undefined ? undefined : adviceFor(line);
    return problemIf(advice !== undefined, {
      code: 'WATCHBOT_MALFORMED',
      place: at('command'),
      given: describeValue(line),
      allowed: 'a line that ends when its job has ended: what still runs then is killed',
      ...(advice === undefined ? {} : { advice }),
    });
  },
};

const SHELLS = /(?:^|\/)(?:sh|bash|dash|ash|ksh|zsh)$/;
/** Also together with others, as `-ec`. */
const LINE_FOLLOWS = /^-\w*c$/;

function shellLineOf(command: string | readonly string[] | undefined): string | undefined {
  if (command === undefined || typeof command === 'string') return command;
  const [program = '', ...words] = command;
  return SHELLS.test(program) ? words[words.findIndex((word) => LINE_FOLLOWS.test(word)) + 1] : undefined;
}

function adviceFor(line: string): string | undefined {
  // The text of a here-document is no part of the line.
  if (line.includes('<<')) return undefined;
  const bare = bareLine(line).replace(CLOSING, '');
  if (ENDS_IN_BACKGROUND.test(bare)) return 'remove the `&` at its end, or add `wait`';
  return FORKS.test(bare) ? 'write `setsid --wait`, or remove `setsid`' : undefined;
}

/** What closes groups and lists, behind the last command. */
const CLOSING = /[\s;)}]+$/;

/** Not `&&`, `>&` or `<&`. None of the commands that may follow waits for anything. */
const ENDS_IN_BACKGROUND = /(?<![&><])&(?:\s*(?:disown|exit|true|:)(?:\s[^;&|]*)?)?$/;

/** As the only command it leads a group, and so goes into the background by itself. */
const FORKS = /^\s*(?:exec\s+)?setsid\s+(?!(?:-\w*w|--wait))[^;&|\n]*$/;

/** A comment, what is in quotes, and what has a backslash before it. */
const NOT_BARE = /(?<=^|[\s;&|()])#[^\n]*|'[^']*'|"(?:\\[^]|[^"\\])*"|\\[^]/g;

/** Without comments; what is quoted is an `x`. */
const bareLine = (line: string) => line.replace(NOT_BARE, (text) => (text.startsWith('#') ? '' : 'x'));

/** The plugin bundles a file and its export. With an image, its runtime client says what a handler is. */
const handlerIsOne: WorkerRule = {
  reads: ['handler', 'image.*'],
  check: ({ worker: { handler, image }, given, at }) => {
    const place = at('handler');
    if (typeof given.handler === 'string') {
      return image.kind === 'bundle'
        ? sourceProblems(given.handler, { isNamed: image.export !== '', place })
        : nameProblems(given.handler, place);
    }
    return problemIf(handler !== undefined && given.image === undefined, {
      code: 'WATCHBOT_CONTRADICTION',
      place,
      given: 'true without `image`',
      allowed: '`true` only with an image, which says itself what it starts',
      advice: 'name the file and its export, such as src/render.handler, or give an `image`',
    });
  },
};

const FILE_ENDING = /\.[cm]?[jt]sx?$/;

function sourceProblems(handler: string, { isNamed, place }: { isNamed: boolean; place: string }): Problem[] {
  const isFile = FILE_ENDING.test(handler);
  return problemIf(isFile || !isNamed, {
    code: 'WATCHBOT_MALFORMED',
    place,
    given: describeValue(handler),
    allowed: 'a file below the service without its ending, a dot, and the export: src/render.handler',
    ...(isFile ? { advice: 'replace the ending of the file by the name of the export' } : {}),
  });
}

/** It becomes an argument and the value of a variable. */
function nameProblems(handler: string, place: string): Problem[] {
  return problemIf(/^\s*$|[\0\r\n]/.test(handler), {
    code: 'WATCHBOT_MALFORMED',
    place,
    given: describeValue(handler),
    allowed: 'what the runtime client of the image takes, in one line',
  });
}

/** Keys that say how warm workers run, and how they are made, as the schema lists them. */
const HANDLER_KEYS = Object.keys({
  entryPoint: true,
  bundle: true,
  batchSize: true,
  batchWindow: true,
  maxInvocations: true,
  workerMemory: true,
} satisfies Record<OnlyWithHandler, true>);

const onlyWithHandler: WorkerRule = {
  reads: ['handler', 'command', 'image.*'],
  check: ({ worker: { command, handler }, given, at }) => {
    const keys = HANDLER_KEYS.filter((key) => key in given);
    const besides = (key: string, other: string, allowed: string): Problem => ({
      code: 'WATCHBOT_CONTRADICTION',
      place: at(key),
      given: `\`${key}\` beside ${other}`,
      allowed: `only with ${allowed}`,
      advice: 'remove it',
    });
    if (handler === undefined) {
      // With neither it is the missing key that counts.
      return command === undefined ? [] : keys.map((key) => besides(key, '`command`', '`handler`'));
    }
    return given.image === undefined
      ? keys
          .filter((key) => key === 'entryPoint')
          .map((key) =>
            besides(key, 'a handler that is bundled', '`image`: a bundle has an entry point of its own'),
          )
      : keys
          .filter((key) => key === 'bundle')
          .map((key) => besides(key, '`image`', 'a handler without `image`, which the plugin bundles'));
  },
};

/** Warm workers outlive their messages, and a fresh container for each job is gone with it. */
const handlersStayWarm: WorkerRule = {
  reads: ['handler', 'writableFilesystem'],
  check: ({ worker: { handler, writableFilesystem }, at }) =>
    problemIf(handler !== undefined && writableFilesystem, {
      code: 'WATCHBOT_CONTRADICTION',
      place: at('writableFilesystem'),
      given: '`writableFilesystem: true` with `handler`',
      allowed: 'a fresh container for each job only with `command`: a handler stays warm over many',
      advice: 'remove it, and name folders to write to in `mounts`',
    }),
};

/** A handler is given its messages by the Runtime API, and its process has many of them, one after another. */
const handlersReadNoInput: WorkerRule = {
  reads: ['handler', 'stdin'],
  check: ({ worker: { handler, stdin }, at }) =>
    problemIf(handler !== undefined && stdin, {
      code: 'WATCHBOT_CONTRADICTION',
      place: at('stdin'),
      given: '`stdin: true` with `handler`',
      allowed: 'a message on standard input only with `command`: a handler has it in its event',
      advice: 'remove it',
    }),
};

/** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html: a FIFO queue takes no window there either. */
const batchWindowWaits: WorkerRule = {
  reads: ['handler', 'batchWindow', 'batchSize', 'queue.fifo', 'queue.arn'],
  check: ({ worker: { handler, queue }, at }) => {
    if (handler === undefined || handler.batchWindow === 0) return [];
    const { batchSize, batchWindow } = handler;
    const place = at('batchWindow');
    const code = 'WATCHBOT_CONTRADICTION';
    return [
      ...problemIf(batchSize === 1, {
        code,
        place,
        given: `batchWindow ${batchWindow} with a batchSize of 1`,
        allowed: 'a window only if a batch has more than one message to wait for',
        advice: 'raise `batchSize` (its default is 1), or remove `batchWindow`',
      }),
      ...problemIf(queue.fifo, {
        code,
        place,
        given: `batchWindow ${batchWindow} with a FIFO queue`,
        allowed: 'no window: a group is held back while its messages wait',
        advice: 'remove `batchWindow`',
      }),
    ];
  },
};

const workerMemoryFits: WorkerRule = {
  reads: ['workerMemory', 'memory', 'sidecars.*'],
  check: ({ worker, at, show }) => {
    const { workerMemory } = worker.handler ?? {};
    const most = memoryOfWatcher(worker);
    const isRest = most !== worker.memory;
    return problemIf(workerMemory !== undefined && most !== undefined && workerMemory > most, {
      code: 'WATCHBOT_OUT_OF_RANGE',
      place: at('workerMemory'),
      given: String(workerMemory),
      allowed: `at most ${show('workerMemory', Math.max(0, most ?? 0), 'MiB')}, ${isRest ? 'what the sidecars leave of' : 'the value of'} \`memory\``,
    });
  },
};

/** https://docs.npmjs.com/cli/configuring-npm/package-json#name */
const PACKAGE_NAME = /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-zA-Z0-9~-][a-zA-Z0-9._~-]*$/;

const externalsArePackages: WorkerRule = {
  reads: ['bundle.external.*'],
  check: ({ given: { bundle }, at }) =>
    (bundle?.external ?? []).flatMap((name, index) =>
      problemIf(!PACKAGE_NAME.test(name), {
        code: 'WATCHBOT_MALFORMED',
        place: at('bundle', 'external', String(index)),
        given: describeValue(name),
        allowed: 'the name of a package, such as sharp or @scope/name',
      }),
    ),
};

/** Which packages have scripts is known only when the lock file is read. */
const scriptsNeedExternals: WorkerRule = {
  reads: ['bundle.external', 'bundle.allowScripts'],
  check: ({ given: { bundle }, at }) =>
    problemIf(bundle?.allowScripts !== undefined && (bundle.external ?? []).length === 0, {
      code: 'WATCHBOT_CONTRADICTION',
      place: at('bundle', 'allowScripts'),
      given: '`allowScripts` without `external`',
      allowed: 'install scripts of packages that are installed: those of `external`, and what they need',
      advice: 'name the package in `external`, or remove `allowScripts`',
    }),
};

export const PROGRAM_RULES: readonly WorkerRule[] = [
  commandOrHandler,
  commandIsNotBlank,
  commandIsNotInBackground,
  handlerIsOne,
  onlyWithHandler,
  externalsArePackages,
  scriptsNeedExternals,
  handlersStayWarm,
  handlersReadNoInput,
  batchWindowWaits,
  workerMemoryFits,
];
