import { COMMON_OPTIONS, type CommandDefinition } from '../command/command';
import { DEFAULT_MESSAGES } from './limits';

export const SIMULATE: CommandDefinition = {
  usage: 'Show how the scaling of a worker would meet a load, what that costs, and what others would do',
  run: async () => (await import('./simulate.js')).runSimulate,
  options: {
    worker: COMMON_OPTIONS.worker,
    messages: { usage: `This many messages at once (default: ${DEFAULT_MESSAGES})`, type: 'string' },
    rate: { usage: 'Messages at this rate, at random: 5/s, 300/m, 20000/h', type: 'string' },
    daily: {
      usage: 'This many messages a day, most in the afternoon and next to none at night',
      type: 'string',
    },
    duration: { usage: 'With --rate (default: 1h) or --daily (default: 1d): for how long', type: 'string' },
    arrivals: {
      usage:
        'A file of arrivals: each line has seconds (12.5) or a time; then a comma and how many, if more than one',
      type: 'string',
    },
    'job-duration': { usage: 'How long a job takes: 30s, 15m, 250ms (default: 30s)', type: 'string' },
    'job-p95': {
      usage: 'Jobs differ: 95 of 100 take no longer, and half no longer than --job-duration',
      type: 'string',
    },
    'job-cpu': {
      usage:
        'Percent of its CPU that a task uses for each job that runs in it, for `scaling.cpu` (default: not known)',
      type: 'string',
    },
    outcomes: { usage: 'Job durations from a file of lines of `sls watchbot logs`', type: 'string' },
    groups: { usage: 'How many message groups a FIFO queue has', type: 'string' },
    min: { usage: 'The fewest tasks, instead of `scaling.min`', type: 'string' },
    max: { usage: 'The most tasks, instead of `scaling.max`', type: 'string' },
    'start-time': {
      usage: 'From the pull of the image until a task takes its first message: 45s, 3m',
      type: 'string',
    },
    interruptions: {
      usage: 'Percent of the running tasks that Spot takes back in an hour (default: 0)',
      type: 'string',
    },
    price: { usage: 'Price of a task per hour, in any currency: shows costs', type: 'string' },
    'vcpu-price': { usage: "Instead of --price: Fargate's price of a vCPU per hour", type: 'string' },
    'gb-price': { usage: "With --vcpu-price: Fargate's price of a gigabyte per hour", type: 'string' },
    seed: {
      usage: 'Seed for what is drawn at random: the same seed gives the same result (default: 1)',
      type: 'string',
    },
    plot: { usage: 'Write the chart to this file, as SVG', type: 'string' },
    search: { usage: 'Search for steps that do better, and print them for serverless.yml', type: 'boolean' },
    budget: {
      usage:
        "With --search: what the load may cost, in task-hours (40h) or money (12.50); default: Watchbot's cost",
      type: 'string',
    },
    json: COMMON_OPTIONS.json,
  },
  examples: [
    {
      line: 'sls watchbot simulate --messages 10000 --job-duration 30s',
      does: 'ten thousand messages at once',
    },
    {
      line: 'sls watchbot simulate --rate 5/s --duration 2h --job-duration 20s --job-p95 1m',
      does: 'a steady stream for two hours, of jobs that differ',
    },
    {
      line: 'sls watchbot simulate --daily 1000000 --job-duration 2s --plot day.svg',
      does: 'a day of a million messages, and its plot',
    },
    {
      line: 'sls watchbot simulate --outcomes log.txt',
      does: "with the durations of the service's own jobs: log.txt is what `sls watchbot logs` has printed",
    },
    {
      line: 'sls watchbot simulate --messages 10000 --price 0.05',
      does: 'with costs',
    },
    {
      line: 'sls watchbot simulate --messages 10000 --max 200 --search --budget 100h',
      does: 'steps that are as fast as can be within 100 task-hours',
    },
  ],
  notes: [
    '**What is compared.** *this service*: the policy that its template has, with the same steps, alarms and cooldowns. *Watchbot*: a tenth of `max` more every five minutes while messages wait. *Copilot*: its target tracking of the backlog per task. *lower bound*: a policy that knows all that will come, and need not wait for metrics; none can do better, except by luck with the order of messages in groups (about 1 %). Nothing is asked of AWS, and nothing is deployed.',
    '**What is simulated.** Metrics of SQS with their delay, alarms by the minute, the choice of a step, cooldowns, the start of tasks within the launch rate of Fargate, Spot interruptions, tasks that are protected while they work. `scaling.age` has its say, `scaling.cpu` with `--job-cpu`, and `scaling.memory` none: nothing is known of what jobs use of the memory. The queue is assumed to be awake. `scaling.schedule` is not followed: the fewest and the most tasks of all its hours hold throughout, unless `--min` and `--max` say otherwise. The figures are only as good as the description of the load: durations from the log (`--outcomes`) are better than a guess.',
    "**Price.** None is built in, since AWS's differ by region and change: see [Fargate's](https://aws.amazon.com/fargate/pricing/). `--vcpu-price` and `--gb-price` are multiplied by the worker's `cpu` and `memory`. Storage, logs, requests and the network are not counted.",
    '**JSON.** One document. Units are in the names; `drainSeconds` is `null` if the load was not done within the simulated time, `cost` if no price was given. The plot is drawn from `samples`.',
  ],
};
