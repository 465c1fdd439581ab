/** SQS, or what stands before it, has answered that it did not do what it was asked for. */
export class SqsError extends Error {
  /** AWS's own code, as `QueueDoesNotExist`. */
  override readonly name: string;

  constructor(status: number, body: string) {
    const { code, text } = parseFailure(body);
    super(text ?? `HTTP status ${status}`);
    this.name = code ?? 'SqsError';
  }
}

/** It was refused by the time of day, which has been set since. */
export class ClockSkewError extends SqsError {}

/** A proxy answers with a page of its own, which is no word of SQS. */
function parseFailure(body: string): { code?: string | undefined; text?: string | undefined } {
  try {
    const { __type: type, message, Message } = JSON.parse(body) as Record<string, unknown>;
    const text = message ?? Message;
    return {
      code: typeof type === 'string' ? type.slice(type.lastIndexOf('#') + 1) : undefined,
      text: typeof text === 'string' && text !== '' ? text : undefined,
    };
  } catch {
    return {};
  }
}
