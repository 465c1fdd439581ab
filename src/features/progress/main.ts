import { WorkerVariable } from '../../contract/environment';
import { PROGRESS_COMMAND } from '../../contract/progress';
import { HELP, readCommandLine, runCommand } from './command';
import { connectJobs } from './connect';
import { ProgressError } from './errors';

/** The plugin's version, which the build fills in. */
declare const WATCHBOT_VERSION: string | undefined;

const VERSION = typeof WATCHBOT_VERSION === 'string' ? WATCHBOT_VERSION : 'unbundled';

/** The exit code for everything that goes wrong, as in Watchbot's helper. */
const FAILED = 1;

async function main(): Promise<number> {
  const command = readCommandLine(process.argv.slice(2));
  if (command.name === 'help' || command.name === 'version') {
    process.stdout.write(command.name === 'help' ? HELP : `${VERSION}\n`);
    return 0;
  }
  const { jobs, close } = connectJobs({ environment: process.env, partsFrom: command.partsFrom });
  try {
    const outcome = await runCommand(command, jobs, process.env[WorkerVariable.messageId]);
    const printed = command.isJson ? outcome.json : outcome.printed;
    if (printed !== undefined) process.stdout.write(`${JSON.stringify(printed)}\n`);
    return outcome.code;
  } finally {
    close();
  }
}

/** Writes to standard error: a shell reads standard output, with the answer, into a variable. */
function report(error: unknown): void {
  if (process.argv.includes('--json')) {
    const { message } = error as Error;
    const code = error instanceof ProgressError ? error.code : undefined;
    process.stderr.write(`${JSON.stringify({ error: { code, message } })}\n`);
    return;
  }
  if (!(error instanceof ProgressError)) {
    process.stderr.write(`${PROGRESS_COMMAND}: ${String((error as Error).stack)}\n`);
    return;
  }
  const advice = error.code === 'ARGUMENTS' ? `\n${PROGRESS_COMMAND} --help says more` : '';
  process.stderr.write(`${PROGRESS_COMMAND}: ${error.message}${advice}\n`);
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    report(error);
    process.exitCode = FAILED;
  },
);
