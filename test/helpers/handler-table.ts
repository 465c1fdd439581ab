import type { End, Seen, Then } from './runtime-conversation';

/** How AWS's clients differ from the plugin's runtime, in the words of docs/handlers.md, which gives the reasons. */
export const DIFFERENCES = {
  callbacks: 'takes a callback, or calls `context.succeed`, `fail` or `done`',
  open: 'returns no promise, and leaves something to run',
  value: 'returns a value without a promise',
  unkept: 'promises an answer, and has nothing left that could give it',
  sameTurn: 'leaves a promise that is rejected in the turn of its answer',
  nullish: 'throws `null` or `undefined`',
  thenable: 'returns what has a `then`, but is no promise',
  streaming: 'streams its answer',
  afterwards: 'throws or exits after its answer',
  uncaught: 'lets an error go uncaught',
  names: 'fails with what is no `Error`, or with a result that has no JSON',
  defaults: 'is in a default export',
} as const;

type Difference = keyof typeof DIFFERENCES;

/** What AWS's client does with the handler, and which difference explains it. */
interface Aws {
  end: End;
  then?: Then;
  because: Difference;
}

export interface Row {
  /** A handler of test/fixtures/handlers. */
  handler: string;
  end: End;
  /** By default `goes on`. */
  then?: Then;
  /**
   * Given if AWS's client differs: aws-lambda-ric 3, which Lambda uses up to Node 22, or 4, which it uses for Node 24.
   */
  on22?: Aws;
  on24?: Aws;
}

const UNHANDLED = { error: 'Runtime.UnhandledPromiseRejection' };
const FAILURES = { answer: { batchItemFailures: [{ itemIdentifier: 'm' }] } };
const NO_HANDLER = { initError: 'Runtime.HandlerNotFound' };
const NO_STREAMING = { initError: 'Runtime.MalformedStreamingHandler' };

const noCallbacks: Aws = {
  end: { initError: 'Runtime.CallbackHandlerDeprecated' },
  then: 'ends',
  because: 'callbacks',
};
const noEnds: Aws = { end: { error: 'TypeError' }, because: 'callbacks' };
const crashes: Aws = { end: { exit: 1 }, then: 'ends', because: 'uncaught' };
const answersAtOnce: Aws = { end: { answer: null }, because: 'open' };
const handled: Aws = { end: { error: 'string' }, because: 'names' };
const noText: Aws = { end: { error: 'Error' }, because: 'names' };
const noJson: Aws = { end: { error: 'Runtime.JSONStringifyError' }, because: 'names' };
/** The client's native code waits for the next invocation, and the process does not end before that. */
const stays: Aws = { end: { answer: 'before' }, because: 'afterwards' };
const streams: Aws = { end: 'streams its answer', because: 'streaming' };
const neverStreams: Aws = { end: 'nothing', because: 'streaming' };

const promises: Row[] = [
  { handler: 'resolves', end: { answer: 'resolved' } },
  { handler: 'resolvesLate', end: { answer: 'late' } },
  { handler: 'resolvesNothing', end: { answer: null } },
  { handler: 'rejects', end: { error: 'RangeError' } },
  { handler: 'rejectsText', end: { error: 'string' } },
  { handler: 'rejectsNothing', end: { error: 'undefined' }, on22: handled },
  { handler: 'rejectsNull', end: { error: 'object' }, on22: handled },
  { handler: 'throwsAsync', end: { error: 'TypeError' } },
  {
    handler: 'neverKept',
    end: { error: 'Error' },
    on22: { end: { answer: null }, because: 'unkept' },
    on24: { end: { exit: 0 }, then: 'ends', because: 'unkept' },
  },
  {
    handler: 'thenable',
    end: { answer: 'then' },
    on22: { end: { error: 'TypeError' }, because: 'thenable' },
  },
  { handler: 'leavesInterval', end: { answer: 'left' } },
  { handler: 'resolvesAndThrowsLater', end: { answer: 'before' }, then: 'ends', on22: stays, on24: stays },
  { handler: 'unhandledBeforeAnswer', end: UNHANDLED, then: 'ends', on24: crashes },
  {
    handler: 'unhandledInTheSameTurn',
    end: UNHANDLED,
    then: 'ends',
    on22: { end: { answer: null }, then: 'ends', because: 'sameTurn' },
    on24: crashes,
  },
  { handler: 'promiseAndCallback', end: { answer: 'by callback' }, on24: noCallbacks },
  { handler: 'callbackThenRejects', end: { answer: 'by callback' }, on24: noCallbacks },
];

const silent: Row[] = [
  { handler: 'returnsNothing', end: { answer: null } },
  {
    handler: 'returnsValue',
    end: { answer: null },
    on24: { end: { answer: 'returned' }, because: 'value' },
  },
  { handler: 'returnsFailures', end: FAILURES, on22: { end: { answer: null }, because: 'value' } },
  { handler: 'returnsCircular', end: { answer: null }, on24: { ...noJson, because: 'value' } },
  { handler: 'throws', end: { error: 'TypeError' } },
  { handler: 'throwsText', end: { error: 'string' } },
  {
    handler: 'throwsNull',
    end: { error: 'object' },
    on22: { end: { answer: null }, because: 'nullish' },
  },
  {
    handler: 'throwsUnreadable',
    end: { error: 'object' },
    on22: { ...noText, then: 'ends' },
    on24: crashes,
  },
  {
    handler: 'throwsOddError',
    end: { error: 'Error' },
    on22: { end: { error: 'handled' }, because: 'names' },
    on24: { end: { error: 'handled' }, because: 'names' },
  },
  { handler: 'forEachRejects', end: UNHANDLED, then: 'ends', on24: answersAtOnce },
  { handler: 'forEachRejectsContext', end: UNHANDLED, then: 'ends', on24: answersAtOnce },
  { handler: 'forEachRejectsAtOnce', end: UNHANDLED, then: 'ends', on24: crashes },
  { handler: 'rejectsUndefinedUnhandled', end: UNHANDLED, then: 'ends', on24: crashes },
  { handler: 'forEachWorks', end: { answer: null } },
  { handler: 'timerThrows', end: { error: 'RangeError' }, then: 'ends', on24: answersAtOnce },
  { handler: 'leavesIntervalSilently', end: 'nothing', on24: answersAtOnce },
  { handler: 'intervalUnreferenced', end: { answer: null } },
];

const withCallback: Row[] = [
  { handler: 'calls', end: { answer: 'by callback' } },
  { handler: 'callsAtOnce', end: { answer: 'by callback' } },
  { handler: 'callsNothing', end: { answer: null } },
  { handler: 'callsError', end: { error: 'RangeError' } },
  { handler: 'callsText', end: { error: 'string' } },
  { handler: 'callsFalse', end: { error: 'boolean' } },
  { handler: 'callsTwice', end: { answer: 'first' } },
  { handler: 'callsErrorFirst', end: { error: 'Error' } },
  { handler: 'callsThenThrows', end: { answer: 'first' } },
  { handler: 'callsThenTimerThrows', end: { error: 'Error' }, then: 'ends' },
  { handler: 'callsThenRejects', end: UNHANDLED, then: 'ends' },
  { handler: 'callsThenWorks', end: { answer: 'first' } },
  { handler: 'callsWithInterval', end: 'nothing' },
  { handler: 'callsWithIntervalNotWaiting', end: { answer: 'sent' } },
  { handler: 'callsErrorWithInterval', end: { error: 'Error' } },
  { handler: 'callsLateNotWaiting', end: { answer: 'late' } },
  { handler: 'neverCalls', end: { answer: null } },
  { handler: 'neverCallsWithTimer', end: { answer: null } },
  { handler: 'callsCircular', end: { error: 'TypeError' }, on22: { ...noText, then: 'ends' } },
];

const withContext: Row[] = [
  // It has no third parameter, so the client cannot know that it calls back.
  { handler: 'callsWithArguments', end: { answer: 'by callback' } },
  { handler: 'succeeds', end: { answer: 'succeeded' } },
  { handler: 'succeedsWithInterval', end: { answer: 'succeeded' } },
  { handler: 'fails', end: { error: 'RangeError' } },
  { handler: 'failsText', end: { error: 'string' } },
  { handler: 'failsWithoutError', end: { error: 'string' } },
  { handler: 'done', end: { answer: 'done' } },
  { handler: 'doneWithError', end: { error: 'RangeError' } },
  { handler: 'succeedsThenFails', end: { answer: 'first' } },
  { handler: 'doneThenThrows', end: { answer: 'first' } },
  { handler: 'succeedsInPromise', end: { answer: 'by context' } },
];

const results: Row[] = [
  { handler: 'succeedsLate', end: { answer: 'succeeded' }, on24: answersAtOnce },
  { handler: 'circular', end: { error: 'TypeError' }, on22: noText, on24: noJson },
  { handler: 'bigint', end: { error: 'TypeError' }, on22: noText, on24: noJson },
  { handler: 'functionResult', end: { error: 'TypeError' } },
  { handler: 'huge', end: 'refused: too large' },
  { handler: 'failures', end: FAILURES },
  { handler: 'exits', end: { exit: 7 }, then: 'ends' },
  { handler: 'exitsWithNothing', end: { exit: 0 }, then: 'ends' },
  { handler: 'exitsLater', end: { answer: 'before' }, then: 'ends', on22: stays, on24: stays },
];

const exported: Row[] = [
  { handler: 'table.nested.deep.handler', end: { answer: 'nested' } },
  {
    handler: 'table.default',
    end: { answer: 'by default' },
    on24: { end: NO_HANDLER, then: 'ends', because: 'defaults' },
  },
  { handler: 'table.threeAsync', end: { answer: 'of three' }, on24: noCallbacks },
  { handler: 'table.streams', end: NO_STREAMING, then: 'ends', on22: streams, on24: streams },
  { handler: 'table.marked', end: NO_STREAMING, then: 'ends', on22: neverStreams, on24: neverStreams },
  { handler: 'table-module.named', end: { answer: 'named' } },
  { handler: 'table-module.nested.handler', end: { answer: 'nested' } },
  {
    handler: 'table-module.inner',
    end: { answer: 'of the default' },
    on22: { end: NO_HANDLER, then: 'ends', because: 'defaults' },
  },
  { handler: 'table.text', end: NO_HANDLER, then: 'ends' },
  { handler: 'table.missing', end: NO_HANDLER, then: 'ends' },
  { handler: 'table.nested.missing', end: NO_HANDLER, then: 'ends' },
  { handler: 'nowhere.handler', end: { initError: 'Runtime.ImportModuleError' }, then: 'ends' },
  { handler: 'table-syntax.handler', end: { initError: 'Runtime.UserCodeSyntaxError' }, then: 'ends' },
  { handler: 'table', end: { initError: 'Runtime.MalformedHandlerName' }, then: 'ends' },
];

/** Handlers of every style, right and wrong, and how an invocation of each ends. It is the same on every Node. */
export const HANDLER_TABLE: readonly Row[] = [
  ...[
    ...promises,
    ...silent,
    ...withCallback.map((row) => ({ ...row, on24: noCallbacks })),
    ...withContext.map((row) => ({ ...row, on24: noEnds })),
    ...results,
  ].map((row) => ({
    ...row,
    handler: `table.${row.handler}`,
  })),
  ...exported,
];

/** The expected end with the plugin's own runtime, or with AWS's client on Node 22 or 24. */
export function expected(row: Row, client: 'own' | 'on22' | 'on24'): Seen {
  const { end, then = 'goes on' } = (client === 'own' ? undefined : row[client]) ?? row;
  return { end, then };
}
