/** Both log formats, each with the variable that chooses it. */
export const LOG_FORMATS = [
  { format: 'plain', environment: { structuredLogging: 'false' } },
  { format: 'structured', environment: { structuredLogging: 'true' } },
];
