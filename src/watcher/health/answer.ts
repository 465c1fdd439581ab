/** What the watcher answers when all is well; any other line says what is not. */
export const HEALTHY = 'healthy';

/** A socket that is no file, which only Linux has. Some versions of Node pad the name: both ends run on the same. */
export const abstractSocket = (name: string) => `\0${name}`;
