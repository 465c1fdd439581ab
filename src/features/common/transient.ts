/** What goes away by itself: AWS asks to wait, has a fault of its own, or the network had one. */
const NAMES =
  /throttl|TooManyRequests|LimitExceeded|SlowDown|ServiceUnavailable|InternalError|InternalFailure|InternalServer|TimeoutError/i;
const NETWORK_CODES = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ETIMEDOUT',
  'EPIPE',
  'EAI_AGAIN',
  'ENOTFOUND',
  'EHOSTUNREACH',
]);

interface Failure {
  name?: string;
  code?: string;
  $metadata?: { httpStatusCode?: number };
}

/** Whether the same call may succeed later. */
export function isTransient(error: unknown): boolean {
  const { name = '', $metadata } = error as Failure;
  const status = $metadata?.httpStatusCode ?? 0;
  return NAMES.test(name) || isOfNetwork(error) || status === 429 || status >= 500;
}

/** Whether AWS was not reached: what comes back on a line that worked before, and never in a region that is none. */
export function isOfNetwork(error: unknown): boolean {
  return NETWORK_CODES.has((error as Failure).code ?? '');
}

/** Whether an entry of a batch that was refused with this code may be taken later. */
export function isTransientCode(code: string): boolean {
  return NAMES.test(code);
}

/** Resolves after the time, or at once when the signal is given. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end);
  });
}
