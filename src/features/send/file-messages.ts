import { createHash } from 'node:crypto';
import { describeValue, type Problem } from '../../errors/problem';
import { UserError } from '../../errors/user-error';
import { isMap } from '../../shared/json';
import { fileLines, type FileLine } from '../command/file-lines';
import { messageProblems, type Channel, type MessageAttribute, type OutgoingMessage } from './message';

/** A file with a message on each line. */
export interface MessageFile {
  path: string;
  startLine: number;
  /** Whether lines are objects with a body and what belongs to it. */
  isEnvelope: boolean;
  /** What the command line says for all messages. */
  common: Omit<OutgoingMessage, 'body'>;
  channel: Channel;
}

/** What reading the whole file found. */
export interface FileCheck {
  messages: number;
  lastLine: number;
  /** The first problems. */
  problems: Problem[];
  problemCount: number;
}

const MAX_PROBLEMS = 20;

/** Reads all of the file, so that the user is told what is wrong with it before anything is sent. */
export async function checkFile(file: MessageFile, signal: AbortSignal): Promise<FileCheck> {
  const check: FileCheck = { messages: 0, lastLine: 0, problems: [], problemCount: 0 };
  for await (const line of fileLines(file.path, signal)) {
    check.lastLine = line.number;
    if (line.number < file.startLine) continue;
    check.messages += 1;
    const problems = problemsOf(file, line);
    check.problemCount += problems.length;
    check.problems.push(...problems.slice(0, MAX_PROBLEMS - check.problems.length));
  }
  return check;
}

/** All that is wrong with a file of which nothing was sent. */
export function wrongLines(name: string, { problems, problemCount }: FileCheck): UserError {
  const more = problemCount > problems.length ? `; the first ${problems.length} of them` : '';
  const count = problemCount === 1 ? 'a mistake' : `${problemCount} mistakes`;
  const heading = `${name} has ${count}, and nothing was sent${more}:`;
  return UserError.ofMany('WATCHBOT_MESSAGES_FILE', heading, problems);
}

/** A message of a file. */
export interface NumberedMessage {
  /** From 1. */
  line: number;
  message: OutgoingMessage;
}

/** The messages of a file that was checked. */
export async function* fileMessages(file: MessageFile, signal: AbortSignal): AsyncGenerator<NumberedMessage> {
  for await (const line of fileLines(file.path, signal)) {
    if (line.number < file.startLine) continue;
    const read = messageOf(file, line);
    if ('problem' in read) throw new Error(`line ${line.number} has changed since it was checked`);
    yield { line: line.number, message: read.message };
  }
}

function problemsOf(file: MessageFile, line: FileLine): Problem[] {
  const place = `line ${line.number}`;
  const read = messageOf(file, line);
  if ('problem' in read) return [{ code: 'WATCHBOT_MESSAGES_FILE', place, ...read.problem }];
  // What the command line gives has been checked with it.
  return messageProblems(read.message, file.channel).map((problem) => ({
    ...problem,
    code: 'WATCHBOT_MESSAGES_FILE',
    place: problem.place === 'message' ? place : `${place}, ${problem.place.replace(/^--/, '')}`,
  }));
}

/** A line that was read, or what is wrong with it. */
type ReadMessage = { message: OutgoingMessage } | { problem: { given: string; allowed: string } };

function messageOf(file: MessageFile, { number, text, trouble }: FileLine): ReadMessage {
  if (text === undefined) {
    return wrong(`a line that is ${trouble ?? ''}`, 'a message in UTF-8 on each line');
  }
  const read = file.isEnvelope ? parseLine(text) : { message: { body: text } };
  return 'problem' in read ? read : { message: withCommon(file, read.message, number) };
}

/** What a line says itself goes before what the command line says for all. */
function withCommon({ common, channel }: MessageFile, own: OutgoingMessage, line: number): OutgoingMessage {
  return {
    body: own.body,
    subject: own.subject ?? common.subject,
    groupId: own.groupId ?? common.groupId,
    deduplicationId: own.deduplicationId ?? (channel.isFifo ? lineId(own.body, line) : undefined),
    attributes: { ...common.attributes, ...own.attributes },
    delaySeconds: common.delaySeconds,
  };
}

/**
 * Two equal lines of a file are two messages, although a FIFO queue takes equal bodies for one; and a line that is sent
 * again within five minutes, since the first call was stopped, is the same message.
 */
function lineId(body: string, line: number): string {
  return createHash('sha256').update(`${line}\n${body}`).digest('hex');
}

const FORM =
  '{"body": …, "subject": "…", "attributes": {"name": "text", "size": 5}, "group": "…", "dedup": "…"}';
const KEYS = ['body', 'subject', 'attributes', 'group', 'dedup'];

/** A line of `--envelope`: a message with what belongs to it. A `body` that is no text is sent as its JSON. */
function parseLine(text: string): ReadMessage {
  const value = parseJson(text);
  if (!isMap(value)) return wrong(describeValue(text), FORM);
  const unknown = Object.keys(value).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) return wrong(`the key ${describeValue(unknown)}`, KEYS.join(', '));
  const { body, subject, group, dedup, attributes = {} } = value;
  if (body === undefined) return wrong('no `body`', FORM);
  const notText = Object.entries({ subject, group, dedup }).find(
    ([, each]) => each !== undefined && typeof each !== 'string',
  );
  if (notText !== undefined) return wrong(`${notText[0]}: ${describeValue(notText[1])}`, 'text');
  const read = readAttributes(attributes);
  if (read === undefined) {
    return wrong(`attributes: ${describeValue(attributes)}`, 'names to texts or numbers');
  }
  return {
    message: {
      body: typeof body === 'string' ? body : JSON.stringify(body),
      subject: subject as string | undefined,
      groupId: group as string | undefined,
      deduplicationId: dedup as string | undefined,
      attributes: read,
    },
  };
}

function readAttributes(value: unknown): Record<string, MessageAttribute> | undefined {
  if (!isMap(value)) return undefined;
  const attributes: Record<string, MessageAttribute> = {};
  for (const [name, each] of Object.entries(value)) {
    if (typeof each !== 'string' && typeof each !== 'number') return undefined;
    attributes[name] = { type: typeof each === 'string' ? 'String' : 'Number', value: String(each) };
  }
  return attributes;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function wrong(given: string, allowed: string): ReadMessage {
  return { problem: { given, allowed } };
}
