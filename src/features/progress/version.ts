/** Of the plugin; filled in where the command is bundled. */
declare const WATCHBOT_VERSION: string | undefined;

export const VERSION = typeof WATCHBOT_VERSION === 'string' ? WATCHBOT_VERSION : 'unbundled';
