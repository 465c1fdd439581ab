import type { Logger } from '../../src/watcher/log';
import { contentFields, outcomeText } from '../../src/contract/log-lines';

export interface TestLog extends Logger {
  /** `level [message id] text`, in order. */
  lines: string[];
}

/** A logger that keeps its lines. */
export function createTestLog(): TestLog {
  const lines: string[] = [];
  const add = (level: string) => (text: string, messageId?: string) => {
    lines.push(messageId === undefined ? `${level} ${text}` : `${level} [${messageId}] ${text}`);
  };
  return {
    lines,
    info: add('info'),
    warn: add('warn'),
    error: add('error'),
    outcome: (outcome, messageId) => {
      add('outcome')(outcomeText(outcome), messageId);
    },
    content: (content, messageId) => {
      add('content')(JSON.stringify(contentFields(content)), messageId);
    },
    worker: (texts, messageId) => {
      for (const text of texts) add('worker')(text, messageId);
    },
  };
}
