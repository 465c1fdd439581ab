import { type CommandDefinition, COMMON_OPTIONS } from '../command/command';

export const LOGS: CommandDefinition = {
  usage: 'Show what the watcher and the workers have written',
  run: async () => (await import('./logs.js')).runLogs,
  options: {
    ...COMMON_OPTIONS,
    json: { usage: 'Each line as JSON, with the line as it was written', type: 'boolean' },
    tail: { usage: 'Show further lines as they come, until Ctrl-C', type: 'boolean', shortcut: 't' },
    since: {
      usage: 'From when: 90s, 5m, 2h, 1d ago, or 2026-01-31T12:00Z (default: 10m; with --message 1d)',
      type: 'string',
    },
    until: { usage: 'Until when, likewise (default: now)', type: 'string' },
    filter: { usage: 'Only lines with this text in them', type: 'string' },
    pattern: { usage: "Only lines that match this filter pattern of CloudWatch's", type: 'string' },
    message: { usage: 'Only the job of this message: its id, or how that begins', type: 'string' },
    errors: { usage: 'Only failed and rejected jobs, and what the watcher could not do', type: 'boolean' },
  },
  examples: [
    { line: 'sls watchbot logs', does: 'the last ten minutes' },
    { line: 'sls watchbot logs --tail --errors', does: 'failures as they happen' },
    { line: 'sls watchbot logs --message 1f2e3d4c-…', does: 'one job, over all tasks that had it' },
    { line: 'sls watchbot logs --since 2h --until 1h --filter tile', does: 'an hour, and lines with a text' },
    { line: 'sls watchbot logs --since 1d --json | jq -r .line', does: 'for machines' },
    { line: 'sls watchbot logs --local --tail', does: 'of `sls watchbot local`, from another terminal' },
  ],
  notes: [
    "**Lines.** Each has the time in UTC, the first characters of the task's and the message's id, and the text; a `>` before the text marks the worker's own output. Control characters are shown as `\\u001b`, so that no worker drives a terminal. With `--json`: `time`, `task`, `messageId`, `source`, `text`, `id`, and `line` as it was written.",
    '**Jobs.** `--message` takes the id that `send` gave, whether of the topic or of the queue, or the eight characters of it that lines show. `dead-letter show` takes the same. It shows all receives of the message in order, whichever task had it, and those of a copy that the watcher sent anew.',
    "**Filters.** `--filter` is a text in which capitals and small letters differ; it is searched for here, in what CloudWatch gives. `--pattern` is [CloudWatch's own](https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html), and CloudWatch does the search: better for long times of a busy log. If both are given, both must match.",
    '**Nothing lost, nothing twice.** Each poll of `--tail` begins two minutes before the newest line, since lines come late; lines that were shown already are known by the ids of their events. A line that is more than two minutes late is not shown. If AWS throttles, it waits and tries again.',
    "**Local.** `sls watchbot local` keeps its log in `.serverless/watchbot/local/`: the last run's, 128 MiB at most. `sls package` and `sls deploy` remove it with the rest of `.serverless`; a run that goes on then begins a new one.",
  ],
};
