import { afterAll, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import {
  copyService,
  endFrameworks,
  endsWithTest,
  FRAMEWORK_NAMES,
  readTemplate,
  removeServices,
  runFramework,
  startFramework,
} from './framework';
import { childrenOf, whenEnded } from './processes';

afterAll(removeServices);

/** The output without progress lines and durations, sorted, since two streams have no common order. */
const comparable = (output: string) =>
  output
    .split('\n')
    // eslint-disable-next-line no-control-regex -- matches escape sequences
    .map((line) => line.replaceAll(/\u001b\[\d*[A-Z]|\(\d+s\)/g, ''))
    .filter((line) => line.trim() !== '' && !/^[⠀-⣿] /.test(line))
    .sort();

it.each(FRAMEWORK_NAMES)(
  '%s does the same in a process that has run other commands as in a new process',
  async (framework) => {
    const wrong = copyService('minimal');
    appendFileSync(`${wrong}/serverless.yml`, '  comand: x\n');
    const right = copyService('minimal');
    const jobs = [
      { args: ['package'], folder: wrong },
      { args: ['package', '--verbose'], folder: right },
      { args: ['watchbot', 'send', '--local', '--port', '1'], folder: right, input: 'from standard input' },
      { args: ['--version'], folder: right, environment: { HOME: '/' } },
    ];
    for (const { args, ...options } of jobs) {
      const alone = await startFramework(framework, args, options).ended;
      const template =
        options.folder === right && args[0] === 'package' ? readTemplate(right).text : undefined;
      for (let count = 0; count < 2; count += 1) {
        const warm = await runFramework(framework, args, options);
        expect({ ...warm, output: comparable(warm.output) }).toEqual({
          ...alone,
          output: comparable(alone.output),
        });
        if (template !== undefined) expect(readTemplate(right).text).toBe(template);
      }
    }
  },
);

it('returns the exit code of a command that ends its process, and goes on', async () => {
  const folder = copyService('minimal');
  const broken = copyService('minimal');
  appendFileSync(`${broken}/serverless.yml`, 'custom: ${file(end.js)}\n');
  appendFileSync(`${broken}/end.js`, "console.log('ends here'); process.exit(7);\n");
  expect(await runFramework('osls', ['package'], { folder: broken })).toEqual({
    code: 7,
    output: expect.stringContaining('ends here'),
  });
  expect(await runFramework('osls', ['package'], { folder })).toMatchObject({ code: 0 });
});

it('kills what a command has started, which would hold its output open', async () => {
  const command = spawn('sh', ['-c', 'sleep 60 & echo up; wait'], { stdio: ['ignore', 'pipe', 'ignore'] });
  endsWithTest(command);
  await once(command.stdout, 'data');
  const [child] = childrenOf(command.pid!);
  await endFrameworks();
  await whenEnded(child!);
});
