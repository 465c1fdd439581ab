import { createHash } from 'node:crypto';
import type { Problem } from '../../errors/problem';
import { messageProblems, type OutgoingMessage } from './message';
import type { NumberedMessage } from './window';
import { parseEnvelope } from './envelope';
import { fileLines, type FileLine } from '../command/file-lines';
import type { SendPlan } from './plan';

/** The plan of a file, and where it is. */
export interface FilePlan extends Pick<SendPlan, 'way' | 'common'> {
  path: string;
  startLine: number;
  isEnvelope: boolean;
}

/** What a look at the whole file gives. */
export interface FileCheck {
  messages: number;
  lastLine: number;
  /** The first of them. */
  problems: Problem[];
  problemCount: number;
}

const MAX_PROBLEMS = 20;

/** Reads all of the file, so that what is wrong with it is told before anything is sent. */
export async function checkFile(plan: FilePlan, signal: AbortSignal): Promise<FileCheck> {
  const check: FileCheck = { messages: 0, lastLine: 0, problems: [], problemCount: 0 };
  for await (const line of fileLines(plan.path, signal)) {
    check.lastLine = line.number;
    if (line.number < plan.startLine) continue;
    check.messages += 1;
    const problems = problemsOf(plan, line);
    check.problemCount += problems.length;
    check.problems.push(...problems.slice(0, MAX_PROBLEMS - check.problems.length));
  }
  return check;
}

/** The messages of a file that was checked. */
export async function* fileMessages(plan: FilePlan, signal: AbortSignal): AsyncGenerator<NumberedMessage> {
  for await (const line of fileLines(plan.path, signal)) {
    if (line.number < plan.startLine) continue;
    const read = messageOf(plan, line);
    if ('problem' in read) throw new Error(`line ${line.number} has changed since it was checked`);
    yield { line: line.number, message: read.message };
  }
}

function problemsOf(plan: FilePlan, line: FileLine): Problem[] {
  const place = `line ${line.number}`;
  const read = messageOf(plan, line);
  if ('problem' in read) return [{ code: 'WATCHBOT_MESSAGES_FILE', place, ...read.problem }];
  // What the command line gives has been checked with it.
  return messageProblems(read.message, plan.way).map((problem) => ({
    ...problem,
    code: 'WATCHBOT_MESSAGES_FILE',
    place: problem.place === 'message' ? place : `${place}, ${problem.place.replace(/^--/, '')}`,
  }));
}

function messageOf(plan: FilePlan, { number, text, trouble }: FileLine) {
  if (text === undefined) return { problem: { given: `a line that is ${trouble ?? ''}`, allowed: ALLOWED } };
  const read = plan.isEnvelope ? parseEnvelope(text) : { message: { body: text } };
  return 'problem' in read ? read : { message: complete(plan, read.message, number) };
}

const ALLOWED = 'a message in UTF-8 on each line';

/** A line's own goes before what the command line says for all. */
function complete({ common, way }: FilePlan, own: OutgoingMessage, line: number): OutgoingMessage {
  return {
    body: own.body,
    subject: own.subject ?? common.subject,
    groupId: own.groupId ?? common.groupId,
    deduplicationId: own.deduplicationId ?? (way.isFifo ? lineId(own.body, line) : undefined),
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
