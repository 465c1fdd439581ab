/** What an AWS service says of a call that it did not do. */
export interface Refusal {
  /** AWS's own code, as `QueueDoesNotExist`. */
  code?: string | undefined;
  text?: string | undefined;
}

/** Reads the body of a refusal. A proxy answers with a page of its own, which is no word of AWS. */
export function parseRefusal(body: string): Refusal {
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

/** The credentials are of no use any more, or were never: new ones may be. */
const OF_CREDENTIALS =
  /^(?:ExpiredToken|InvalidClientTokenId|UnrecognizedClient|InvalidAccessKeyId|InvalidToken|SignatureDoesNotMatch|InvalidSignature|MissingAuthenticationToken)/;

/** @param code AWS's own */
export const isOfCredentials = (code: string): boolean => OF_CREDENTIALS.test(code);
