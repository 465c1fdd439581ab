import { COMMON_OPTIONS, type CommandDefinition } from '../command/command';

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

const YES = { usage: 'Do not ask', type: 'boolean' } as const;
const DRY_RUN = { usage: 'Only say what would be done', type: 'boolean' } as const;

export const DEAD_LETTER: CommandDefinition = {
  usage: 'Look at dead letters, put them back, delete them. Exit code 0: done; 1: not all of it was done',
  commands: {
    list: {
      usage: 'List dead letters. SQS counts a look as a receive; all are released at once',
      run: async () => (await import('./list.js')).runList,
      options: {
        ...WHERE,
        ...FILTERS,
        limit: { usage: 'How many to list at most (default: 50; 0: all that SQS shows)', type: 'string' },
        json: { usage: 'Print a line of JSON for each', type: 'boolean' },
      },
      examples: [
        { line: 'sls watchbot dead-letter list', does: 'the first 50' },
        { line: 'sls watchbot dead-letter list --older-than 1d --contains timeout', does: 'by age and text' },
      ],
    },
    show: {
      usage:
        'Show dead letters whole, with what the log says of their attempts: show ID…. An id is any that was printed: by ' +
        '`send`, by `list`, or the first characters of one, as lines of the log show them',
      run: async () => (await import('./show.js')).runShow,
      words: 'ID…',
      options: { ...WHERE, json: { usage: 'Print a line of JSON for each', type: 'boolean' } },
      examples: [
        { line: 'sls watchbot dead-letter show 7f3c1a2e-5b7d-4c1e-9a54-1f0f6f3b9d11', does: 'one, whole' },
      ],
    },
    replay: {
      usage:
        'Put dead letters back into the work queue: replay [ID…]. Without ids and filters, SQS itself moves all. Else ' +
        'they go one by one: each is sent first, then deleted, so that a kill between the two makes a message run ' +
        'twice, and never loses one',
      run: async () => (await import('./replay.js')).runReplay,
      words: 'ID…',
      options: { ...WHERE, ...FILTERS, 'dry-run': DRY_RUN, json },
      examples: [
        { line: 'sls watchbot dead-letter replay', does: 'all of them' },
        {
          line: 'sls watchbot dead-letter replay --newer-than 2h --dry-run',
          does: 'says which those of the last two hours are',
        },
        { line: 'sls watchbot dead-letter replay --attribute kind=tile', does: 'those with this attribute' },
      ],
    },
    delete: {
      usage: 'Delete dead letters, by ids or filters: delete [ID…]. Asks first',
      run: async () => (await import('./delete.js')).runDelete,
      words: 'ID…',
      options: { ...WHERE, ...FILTERS, 'dry-run': DRY_RUN, yes: YES, json },
      examples: [
        {
          line: 'sls watchbot dead-letter delete --older-than 7d',
          does: 'asks, and deletes what is older than a week',
        },
      ],
    },
    purge: {
      usage: 'Delete all dead letters. Asks first. SQS takes one purge a minute',
      run: async () => (await import('./delete.js')).runPurge,
      options: { ...WHERE, 'dry-run': DRY_RUN, yes: YES, json },
      examples: [
        { line: 'sls watchbot dead-letter purge --yes', does: 'all, without a question: for scripts' },
      ],
    },
    triage: {
      usage:
        'Decide on dead letters one by one: shows each with its attempts and its log, and asks. It is held while you ' +
        'think, and released at once when you stop',
      run: async () => (await import('./triage.js')).runTriage,
      options: WHERE,
      examples: [
        {
          line: 'sls watchbot dead-letter triage --worker tiles',
          does: 'one by one; Ctrl-C gives back what is shown',
        },
      ],
    },
  },
};
