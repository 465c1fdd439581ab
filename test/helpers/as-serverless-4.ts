import { execFile } from 'node:child_process';
import path from 'node:path';

/** The program that stands in for Serverless 4, which downloads itself when it runs, and needs an account. */
const STAND_IN = path.join(__dirname, 'serverless-4.cjs');

interface Result {
  code: number;
  stdout: string;
  stderr: string;
}

interface Run {
  environment: Readonly<Record<string, string>>;
  /** One process runs the command for each, as the framework's compose does. */
  services: readonly object[];
}

/** Runs a command of the built plugin as Serverless 4 does. */
export function runAs4(line: readonly string[], { environment, services }: Run): Promise<Result> {
  const env = { PATH: process.env.PATH, SERVICES: JSON.stringify(services), ...environment };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [STAND_IN, ...line], { env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
    child.stdin?.end();
  });
}
