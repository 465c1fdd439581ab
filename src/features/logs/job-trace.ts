import { readLine } from '../../contract/log-lines';
import { copyIdIn } from '../../contract/sent-anew';

/**
 * The ids of one job. The topic's id of a message stands in the line with which a job begins, which has the queue's, and
 * so does that of an invocation with several messages; and a copy that the watcher sends has another.
 */
export class JobTrace {
  private readonly known: Set<string>;

  /** @param id the topic's, or the queue's */
  constructor(id: string) {
    this.known = new Set([id]);
  }

  get ids(): string[] {
    return [...this.known];
  }

  /** Whether the line is of the job; what it says of further ids is learned. */
  take(line: string): boolean {
    const read = readLine(line);
    const { messageId, topicMessageId, invocationId } = read;
    if (messageId === undefined) return false;
    if (topicMessageId !== undefined && this.known.has(topicMessageId)) this.known.add(messageId);
    if (!this.known.has(messageId)) return false;
    if (invocationId !== undefined) this.known.add(invocationId);
    const copy = copyIdIn(read);
    if (copy !== undefined) this.known.add(copy);
    return true;
  }
}
