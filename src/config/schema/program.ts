import { Type } from '@sinclair/typebox';
import { LAMBDA, MIN_WORKER_MEMORY_MIB } from '../limits';
import { commandLine, mapOf, strictObject, textBesideBoolean } from './values';

const CommandSchema = commandLine({
  otherwise: '**required**, or `handler`',
  description:
    "Runs once for each message; its exit code decides the message's fate. A text is run by `/bin/sh -c`; a list is run as it stands, without a shell.",
});

const HandlerSchema = Type.Union([textBesideBoolean(), Type.Literal(true)], {
  title: 'a text like path/to/file.export, or true',
  otherwise: '**required**, or `command`',
  description:
    'A Lambda handler, in warm workers that take one invocation after another. Without `image`: a TypeScript or JavaScript file and its export, as in `functions`, bundled and put into an image that the plugin makes. With `image`: what its runtime client takes for a handler, in the place of the CMD of the image; `true` leaves that as it is.',
});

const BundleSchema = strictObject(
  {
    external: Type.Array(Type.String({ minLength: 1 }), {
      default: [],
      title: 'a list of packages',
      description:
        'Packages that are installed in the image rather than bundled, with their dependencies, as the lock file of npm says: those with native parts, or that read files of their own.',
    }),
    allowScripts: Type.Optional(
      mapOf(Type.Boolean(), {
        title: 'a map of packages',
        description:
          'Whether the install script of a package is run, by the name of the package: one of `external`, or one of their dependencies. No other script is run.',
        otherwise: 'no script is run, and each is reported',
      }),
    ),
    minify: Type.Boolean({ default: false, description: 'A smaller bundle, which is harder to read.' }),
  },
  { title: '{external, allowScripts, minify}', description: 'How a handler without `image` is bundled.' },
);

/** Keys that only a worker with a handler may have, which a rule checks. */
const onlyWithHandler = {
  entryPoint: Type.Optional(
    Type.Array(Type.String(), {
      minItems: 1,
      maxItems: 100,
      title: 'a list of arguments',
      description:
        'With `handler` and `image`: the program that speaks the Runtime API, and its arguments. The handler, if it is a text, follows as the last argument.',
      otherwise: 'the ENTRYPOINT of the image',
    }),
  ),
  bundle: Type.Optional(BundleSchema),
  batchSize: Type.Integer({
    default: 1,
    minimum: 1,
    maximum: LAMBDA.maxBatchSize,
    description: 'With `handler`: messages of one invocation, at most.',
  }),
  batchWindow: Type.Integer({
    unit: 'seconds',
    default: 0,
    minimum: 0,
    maximum: LAMBDA.maxBatchWindowSeconds,
    description: 'With `handler`: seconds for which a batch that is not full waits for more messages.',
  }),
  maxInvocations: Type.Integer({
    default: 0,
    minimum: 0,
    description: 'With `handler`: invocations after which a warm worker is replaced; 0 is never.',
  }),
  workerMemory: Type.Optional(
    Type.Integer({
      unit: 'MiB',
      minimum: MIN_WORKER_MEMORY_MIB,
      description:
        'With `handler`: MiB of one warm worker, at most `memory`. One that uses more is replaced; one at work is killed, and its messages come again.',
      otherwise: 'no limit of its own; a handler is told its share of `memory`',
    }),
  ),
};

/** What runs for a message: a command, or a handler that stays warm. */
export const program = {
  command: Type.Optional(CommandSchema),
  handler: Type.Optional(HandlerSchema),
  ...onlyWithHandler,
};

export type OnlyWithHandler = keyof typeof onlyWithHandler;
