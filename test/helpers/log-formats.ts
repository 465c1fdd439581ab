/** Both ways to log, each with what asks for it. */
export const LOG_FORMATS = [
  { format: 'plain', environment: { structuredLogging: 'false' } },
  { format: 'structured', environment: { structuredLogging: 'true' } },
];
