import { formatStructured } from '../../src/contract/log-lines';

/** The process that has written the lines of a test. */
export const WRITER = { hostname: 'ip-10-0-0-1', pid: 1 };

export const formatByWriter = formatStructured(WRITER);
