import { describeValue, type Problem } from '../../errors/problem';
import { handlerParts } from '../complete-handler';
import { isFifo } from '../queue-kind';
import { handlerKeys } from '../schema/handler';
import { problemIf, type RuleSubject, type WorkerRule } from './rule';

/** What the plugin bundles must name a file and an export; what an image takes for a handler is the image's matter. */
export const handlerIsOne: WorkerRule = {
  reads: ['handler', 'image'],
  check: ({ worker: { handler, image }, at }) => {
    const place = at('handler');
    if (typeof handler === 'string') {
      return image === undefined ? sourceProblems(handler, place) : nameProblems(handler, place);
    }
    return problemIf(handler === true && image === undefined, {
      code: 'WATCHBOT_CONTRADICTION',
      place,
      given: 'true without `image`',
      allowed: '`true` only with an image, which says itself what it starts',
      advice: 'name the file and its export, such as src/render.handler, or give an `image`',
    });
  },
};

const FILE_ENDING = /\.[cm]?[jt]sx?$/;

function sourceProblems(handler: string, place: string): Problem[] {
  const isFile = FILE_ENDING.test(handler);
  return problemIf(isFile || handlerParts(handler) === undefined, {
    code: 'WATCHBOT_MALFORMED',
    place,
    given: describeValue(handler),
    allowed: 'a file below the service without its ending, a dot, and the export: src/render.handler',
    ...(isFile ? { advice: 'put the name of the export in the place of the ending of the file' } : {}),
  });
}

/** It becomes an argument, and a variable. */
function nameProblems(handler: string, place: string): Problem[] {
  return problemIf(/^\s*$|[\0\r\n]/.test(handler), {
    code: 'WATCHBOT_MALFORMED',
    place,
    given: describeValue(handler),
    allowed: 'what the runtime client of the image takes, in one line',
  });
}

/** Keys that say how warm workers run, and how they are made. */
export const onlyWithHandler: WorkerRule = {
  reads: ['handler', 'command', 'image'],
  check: (subject) => {
    const { worker, given } = subject;
    const keys = Object.keys(handlerKeys).filter((key) => key !== 'handler' && key in given);
    if (worker.handler === undefined) {
      // With neither it is the missing key that counts.
      if (worker.command === undefined) return [];
      return keys.map((key) => besides(subject, key, { other: '`command`', allowed: '`handler`' }));
    }
    const [wrong, other, allowed] =
      worker.image === undefined
        ? ['entryPoint', 'a handler that is bundled', '`image`: a bundle has an entry point of its own']
        : ['bundle', '`image`', 'a handler without `image`, which the plugin bundles'];
    return keys.filter((key) => key === wrong).map((key) => besides(subject, key, { other, allowed }));
  },
};

function besides(
  { at }: RuleSubject,
  key: string,
  { other, allowed }: { other: string; allowed: string },
): Problem {
  return {
    code: 'WATCHBOT_CONTRADICTION',
    place: at(key),
    given: `\`${key}\` beside ${other}`,
    allowed: `only with ${allowed}`,
    advice: 'remove it',
  };
}

/** Warm workers outlive their messages, and a fresh container for each job is gone with it. */
export const handlersStayWarm: WorkerRule = {
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
export const handlersReadNoInput: WorkerRule = {
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
export const batchWindowWaits: WorkerRule = {
  reads: ['handler', 'batchWindow', 'batchSize', 'queue'],
  check: ({ worker: { batchWindow, batchSize, queue }, at }) => {
    if (batchWindow === 0) return [];
    const place = at('batchWindow');
    const code = 'WATCHBOT_CONTRADICTION';
    return [
      ...problemIf(batchSize === 1, {
        code,
        place,
        given: `batchWindow ${batchWindow} with a batchSize of 1`,
        allowed: 'a window only where a batch has more than one message to wait for',
        advice: 'raise `batchSize` (its default is 1), or remove `batchWindow`',
      }),
      ...problemIf(isFifo(queue), {
        code,
        place,
        given: `batchWindow ${batchWindow} with a FIFO queue`,
        allowed: 'no window: a group is held back while its messages wait',
        advice: 'remove `batchWindow`',
      }),
    ];
  },
};

export const workerMemoryFits: WorkerRule = {
  reads: ['workerMemory', 'memory'],
  check: ({ worker: { workerMemory, memory }, at }) =>
    problemIf(workerMemory !== undefined && workerMemory > memory, {
      code: 'WATCHBOT_OUT_OF_RANGE',
      place: at('workerMemory'),
      given: String(workerMemory),
      allowed: `at most ${memory}, the value of \`memory\``,
    }),
};

/** https://docs.npmjs.com/cli/configuring-npm/package-json#name */
const PACKAGE_NAME = /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-zA-Z0-9~-][a-zA-Z0-9._~-]*$/;

/** What they are named for is known only when the lock file is read. */
export const scriptsNeedExternals: WorkerRule = {
  reads: ['bundle'],
  check: ({ worker: { bundle }, at }) =>
    problemIf(bundle?.allowScripts !== undefined && bundle.external.length === 0, {
      code: 'WATCHBOT_CONTRADICTION',
      place: at('bundle', 'allowScripts'),
      given: '`allowScripts` without `external`',
      allowed: 'install scripts of packages that are installed: those of `external`, and what they need',
      advice: 'name the package in `external`, or remove `allowScripts`',
    }),
};

export const externalsArePackages: WorkerRule = {
  reads: ['bundle'],
  check: ({ worker: { bundle }, at }) =>
    (bundle?.external ?? []).flatMap((name, index) =>
      problemIf(!PACKAGE_NAME.test(name), {
        code: 'WATCHBOT_MALFORMED',
        place: at('bundle', 'external', String(index)),
        given: describeValue(name),
        allowed: 'the name of a package, such as sharp or @scope/name',
      }),
    ),
};
