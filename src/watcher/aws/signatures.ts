import type { HttpRequest, RequestSigner } from '@smithy/types';

/** Signs requests. */
export interface Signatures {
  /** @returns the request's headers, signed for the second of the date */
  headersOf(request: HttpRequest, date: Date): Promise<Readonly<Record<string, string>>>;
  /** The credentials may be others from now on. */
  forget(): void;
}

/** A watcher's polls differ in how many messages they ask for, and in nothing else. */
const MOST_KEPT = 16;

/** Longer ones have messages or handles in them, and are never asked twice. */
const MOST_KEPT_CHARACTERS = 1_024;

/**
 * A signature holds for a second of time, and under a backlog of short jobs the same poll is asked many times in one: it
 * is worked out once, since that takes as long as the rest of the call.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function rememberSignatures(signer: RequestSigner): Signatures {
  const kept = new Map<string, Readonly<Record<string, string>>>();
  let second = 0;
  return {
    headersOf: async (request, signingDate) => {
      const body = String(request.body);
      if (body.length > MOST_KEPT_CHARACTERS) return (await signer.sign(request, { signingDate })).headers;
      const now = Math.floor(signingDate.getTime() / 1000);
      if (now !== second || kept.size >= MOST_KEPT) kept.clear();
      second = now;
      const key = `${request.headers['x-amz-target']} ${body}`;
      const headers = kept.get(key) ?? (await signer.sign(request, { signingDate })).headers;
      if (now === second) kept.set(key, headers);
      return headers;
    },
    forget: () => {
      kept.clear();
    },
  };
}
