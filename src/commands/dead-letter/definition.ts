import type { CommandDefinition } from '../command';
import { COMMON_OPTIONS, YES_OPTION } from '../common-options';

const { json, ...WHERE } = COMMON_OPTIONS;

const FILTERS = {
  'older-than': { usage: 'Only what was sent longer ago than this: 90s, 15m, 2h, 7d', type: 'string' },
  'newer-than': { usage: 'Only what was sent less long ago than this', type: 'string' },
  contains: { usage: 'Only messages with this text in their body', type: 'string' },
  attribute: {
    usage: 'Only messages with this attribute: name=value. More than once: all must hold',
    type: 'multiple',
  },
} as const;

const DRY_RUN = { usage: 'Only say what would be done', type: 'boolean' } as const;

export const DEAD_LETTER: CommandDefinition = {
  usage:
    'Dead letters: look at them, put them back, delete them. Exit code 0: done; 1: not, or not all of it',
  commands: {
    list: {
      usage: 'List dead letters. SQS counts a look as a receive; all are released at once',
      lifecycleEvents: ['run'],
      options: {
        ...WHERE,
        ...FILTERS,
        limit: { usage: 'List so many at most (default: 50; 0: all that SQS shows)', type: 'string' },
        json: { usage: 'Print a line of JSON for each', type: 'boolean' },
      },
    },
    show: {
      usage: 'Show dead letters whole, with what the log says of their attempts: show ID…',
      lifecycleEvents: ['run'],
      options: { ...WHERE, json: { usage: 'Print a line of JSON for each', type: 'boolean' } },
    },
    replay: {
      usage:
        'Put dead letters back into the work queue: replay [ID…]. All, by a move of SQS itself, where neither ids nor ' +
        'filters are given; else one by one: sent first, then deleted, so that a kill between the two leads to a ' +
        'message that is done twice, never to one that is lost',
      lifecycleEvents: ['run'],
      options: { ...WHERE, ...FILTERS, 'dry-run': DRY_RUN, json },
    },
    delete: {
      usage: 'Delete dead letters, by ids or filters: delete [ID…]. Asks before',
      lifecycleEvents: ['run'],
      options: { ...WHERE, ...FILTERS, 'dry-run': DRY_RUN, yes: YES_OPTION, json },
    },
    purge: {
      usage: 'Delete all dead letters. Asks before. SQS takes one purge a minute',
      lifecycleEvents: ['run'],
      options: { ...WHERE, 'dry-run': DRY_RUN, yes: YES_OPTION, json },
    },
    triage: {
      usage:
        'Decide on dead letters one by one: shows each with its attempts and its log, and asks. It is held while you ' +
        'think, and released at once when you stop',
      lifecycleEvents: ['run'],
      options: WHERE,
    },
  },
};
