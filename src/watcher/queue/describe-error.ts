export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Node's own for a host with several addresses, none of which answers, has a code but no text.
  const { name, message, code = '' } = error as NodeJS.ErrnoException;
  return `${name}: ${message || code}`;
}
