import { LogSource } from './log';
import type { ReadLine } from './log-lines';

/** The line with which the watcher tells that it has sent a message anew, by which its copy is followed. */
export const sentAnewText = (copyId: string, why: string): string => `sent anew as ${copyId}, ${why}`;

const SENT_ANEW = /^sent anew as ([\w-]+),/;

/** The id of the copy of which a line tells; undefined where it tells of none. */
export const copyIdIn = ({ source, text }: Pick<ReadLine, 'source' | 'text'>): string | undefined =>
  source === LogSource.watcher ? SENT_ANEW.exec(text)?.[1] : undefined;
