import { COMMON_OPTIONS, type CommandDefinition } from '../command/command';
import { DEFAULT_MESSAGES } from './limits';

export const SIMULATE: CommandDefinition = {
  usage: 'Show how the scaling of a worker would meet a load, what that costs, and what others would do',
  run: async () => (await import('./simulate.js')).runSimulate,
  options: {
    worker: COMMON_OPTIONS.worker,
    messages: { usage: `So many messages at once (default: ${DEFAULT_MESSAGES})`, type: 'string' },
    rate: { usage: 'Messages at this rate, at random: 5/s, 300/m, 20000/h', type: 'string' },
    daily: {
      usage: 'So many messages a day, most in the afternoon and next to none at night',
      type: 'string',
    },
    duration: { usage: 'With --rate (default: 1h) or --daily (default: 1d): for how long', type: 'string' },
    arrivals: {
      usage: 'A file of arrivals: seconds (12.5) or a time in each line; a comma and how many, if several',
      type: 'string',
    },
    'job-duration': { usage: 'How long a job takes: 30s, 15m, 250ms (default: 30s)', type: 'string' },
    'job-p95': {
      usage: 'Jobs differ: 95 of 100 take no longer, and half no longer than --job-duration',
      type: 'string',
    },
    outcomes: { usage: 'Job durations from a file of lines of `sls watchbot logs`', type: 'string' },
    groups: { usage: 'Of a FIFO queue: how many message groups there are', type: 'string' },
    min: { usage: 'Tasks at least, rather than `scaling.min`', type: 'string' },
    max: { usage: 'Tasks at most, rather than `scaling.max`', type: 'string' },
    'start-time': {
      usage: 'From the pull of the image until a task takes its first message: 45s, 3m',
      type: 'string',
    },
    interruptions: {
      usage: 'Percent of the running tasks that Spot takes back in an hour (default: 0)',
      type: 'string',
    },
    price: { usage: 'Price of a task for an hour, in any currency: shows costs', type: 'string' },
    'vcpu-price': { usage: "Rather than --price: Fargate's price of a vCPU for an hour", type: 'string' },
    'gb-price': { usage: "With --vcpu-price: Fargate's price of a gigabyte for an hour", type: 'string' },
    seed: { usage: 'Of what is drawn at random: the same gives the same (default: 1)', type: 'string' },
    plot: { usage: 'Write the chart to this file, as SVG', type: 'string' },
    search: { usage: 'Look for steps that do better, and print them for serverless.yml', type: 'boolean' },
    budget: {
      usage: "With --search: at most so many task-hours (40h), or so much money (12.50; default: Watchbot's)",
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
    '**What is compared.** *this service*: the policy that its template has, with the same steps, alarms and cooldowns. *Watchbot*: a tenth of `max` more every five minutes while messages wait. *Copilot*: its target tracking of the backlog per task. *lower bound*: who knows all that will come, and has no metrics to wait for; nobody can do better, but for luck with the order of messages in groups (some 1 %). Nothing is asked of AWS, and nothing is deployed.',
    '**What is simulated.** Metrics of SQS with their delay, alarms by the minute, the choice of a step, cooldowns, the start of tasks within the launch rate of Fargate, Spot interruptions, tasks that are protected while they work. The queue is taken to be awake. `scaling.schedule` is not followed: the fewest and the most tasks of all its hours hold throughout, unless `--min` and `--max` say otherwise. The figures are as good as what is said of the load: durations from the log (`--outcomes`) are better than a guess.',
    "**Price.** None is built in, since AWS's differ by region and change: see [Fargate's](https://aws.amazon.com/fargate/pricing/). `--vcpu-price` and `--gb-price` are multiplied by the worker's `cpu` and `memory`. Storage, logs, requests and the network are not counted.",
    '**JSON.** One document. Units are in the names; `drainSeconds` is `null` where the load was not done within the time that is simulated, `cost` where no price was given. `samples` are what the plot is drawn from.',
  ],
};
