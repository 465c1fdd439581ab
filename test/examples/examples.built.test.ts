import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { lintTemplates, unwaived } from '../helpers/cfn-lint';
import {
  copyExample,
  endFrameworks,
  readTemplate,
  removeServices,
  ROOT,
  runFramework,
  templateFile,
} from '../helpers/framework';
import { describeWithPython } from '../helpers/python';

/** Examples with the variables that a user must set, and the last line of output without the time. */
const EXAMPLES = [
  {
    name: 'python-command',
    environment: { BUCKETS: 'buckets' },
    summary: '8 messages: 5 done, 2 rejected, 1 dead-lettered',
  },
  { name: 'typescript-handler', summary: '3 messages: 2 done, 1 dead-lettered' },
  { name: 'fifo-reduce', summary: '4 messages: 3 done, 1 rejected' },
  { name: 'word-count', environment: { COUNTS: 'counts' }, summary: '2 messages: 2 done' },
] as const;
type Name = (typeof EXAMPLES)[number]['name'];

// Without python3 its example is skipped, except in CI, where it must run.
const hasPython = process.env.CI !== undefined || spawnSync('python3', ['--version']).status === 0;
const canRun = (name: Name) => hasPython || name !== 'python-command';
const itOf = (name: Name) => (canRun(name) ? it : it.skip);

interface Run {
  folder: string;
  code: number | string;
  output: string;
}

const runs = new Map<Name, Run>();
const run = (name: Name) => runs.get(name)!;

/** The examples mostly wait, so all run at the same time. */
beforeAll(async () => {
  await Promise.all(
    EXAMPLES.filter(({ name }) => canRun(name)).map(async ({ name, ...more }) => {
      const folder = copyExample(name);
      installSdk(folder);
      const environment = { NODE_NO_WARNINGS: '1', ...('environment' in more ? more.environment : {}) };
      const args = ['watchbot', 'local', '--messages', 'messages.jsonl'];
      runs.set(name, { folder, ...(await runFramework('osls', args, { folder, environment })) });
    }),
  );
}, 400_000);

afterAll(async () => {
  await endFrameworks();
  removeServices();
});

/** Does what `npm install @aws-sdk/client-sqs` would. */
function installSdk(folder: string): void {
  mkdirSync(path.join(folder, 'node_modules/@aws-sdk'));
  symlinkSync(
    path.join(ROOT, 'node_modules/@aws-sdk/client-sqs'),
    path.join(folder, 'node_modules/@aws-sdk/client-sqs'),
  );
}

describe.each(EXAMPLES)('the example $name', ({ name, summary, ...more }) => {
  itOf(name)('runs on this machine, and its messages end as its README says', () => {
    const { output, code } = run(name);
    expect(output).toContain(`${summary}, in `);
    expect(code).toBe(0);
  });

  it('is in the list of examples, with a command that runs it and a README that says how', () => {
    const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');
    const [, script = ''] = new RegExp(`\\(${name}/README\\.md\\) *\\| \`npm run ([a-z:]+)\``).exec(
      read('examples/README.md'),
    )!;
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const environment = Object.entries('environment' in more ? more.environment : {});
    const given = environment.map(([key, value]) => `${key}=${value} `).join('');
    expect(scripts[script]).toContain(`cd examples/${name} && `);
    expect(scripts[script]).toContain(given);
    expect(scripts[script]).toMatch(/ watchbot local --messages messages\.jsonl$/);
    const readme = read(`examples/${name}/README.md`);
    expect(readme).toContain(`npm run ${script}`);
    expect(readme).toContain(`\n${given}sls watchbot local --messages messages.jsonl\n`);
    expect(readme).toContain('\n## In AWS\n');
  });
});

describe('results of the examples', () => {
  itOf('python-command')(
    'python-command: a report for each month, and for the quarter after its months',
    () => {
      const { folder, output } = run('python-command');
      const report = (name: string): unknown =>
        JSON.parse(readFileSync(path.join(folder, `buckets/uploads/reports/${name}.json`), 'utf8'));
      expect(report('2026-01')).toEqual({ north: '140.00', south: '80.00' });
      expect(report('2026-02')).toEqual({ north: '99.75', south: '210.25' });
      expect(report('2026-03')).toEqual({ north: '60.00', south: '9.75' });
      expect(report('2026-Q1')).toEqual({ north: '299.75', south: '300.00' });
      expect(() => report('2026-04')).toThrow('ENOENT');
      expect(output).toContain("rejected: line 3: '2026-04-11,south,about ten' is no sale");
      expect(output).toMatch(/quarter":"2026-Q1"\} +│ done +│ .*exit code 4: no-op.* → exit code 0 /);
    },
  );

  it('typescript-handler: two areas, by the same process', () => {
    const { output } = run('typescript-handler');
    const [, since] = /\{"width":3,"height":4\} covers 12 \(en, warm since (20[^)]+)\)/.exec(output)!;
    expect(output).toContain(`{"width":10,"height":2} covers 20 (en, warm since ${since})`);
  });

  it('fifo-reduce: each account in order, and the day once', () => {
    const { output } = run('fifo-reduce');
    const booked = [...output.matchAll(/([A-Z]{2}\d\d): (\d+) to (\d+)$/gm)];
    const balances: Record<string, string> = {};
    for (const [, account = '', before = '', after = ''] of booked) {
      expect(before).toBe(balances[account] ?? '0');
      balances[account] = after;
    }
    expect(booked).toHaveLength(12);
    const closings = [...output.matchAll(/2026-03-02 is closed: (.*)$/gm)];
    expect(closings.map(([, text = '']) => JSON.parse(text) as unknown)).toEqual([
      Object.fromEntries(Object.entries(balances).map(([account, balance]) => [account, Number(balance)])),
    ]);
    expect(output).toContain('closed once, and every balance is right');
    expect(output).toContain('2026-03-02 is closed already');
  });

  it('word-count: the words of all parts', () => {
    expect(run('word-count').output).toContain('every word is counted');
  });
});

const isCopied = (file: string, source: string) =>
  source.startsWith('*') ? file.endsWith(source.slice(1)) : file === source;

describe('build contexts of the examples', () => {
  describe.each([
    { name: 'python-command', files: ['message.py', 'objects.py', 'sales.py', 'worker.py'] },
    { name: 'fifo-reduce', files: ['journal-2026-03-02.csv', 'journal.mjs', 'worker.mjs'] },
    { name: 'word-count', files: ['text.txt', 'worker.mjs'] },
  ] as const)('$name', ({ name, files }) => {
    itOf(name)('has what its Dockerfile copies, and no more', () => {
      const context = path.join(run(name).folder, '.serverless/watchbot/images/watchbot/context');
      expect(readdirSync(context).sort()).toEqual(['.dockerignore', 'Dockerfile', ...files]);
      const [, copied = ''] = /^COPY (.*) \.\/$/m.exec(
        readFileSync(path.join(context, 'Dockerfile'), 'utf8'),
      )!;
      expect(files.filter((file) => !copied.split(' ').some((glob) => isCopied(file, glob)))).toEqual([]);
    });
  });
});

describe('templates of the examples', () => {
  it('fifo-reduce: a FIFO queue, and its events with their group', () => {
    const { Resources } = readTemplate(run('fifo-reduce').folder).template;
    expect(Resources.WatchbotQueue!.Properties.FifoQueue).toBe(true);
    const events = Object.values(Resources).filter(({ Type }) => /Rule$|Schedule$/.test(Type));
    const groups = events.map(
      ({ Properties }) => /MessageGroupId\\?":\\?"(\w+)/.exec(JSON.stringify(Properties))?.[1],
    );
    expect(groups).toEqual(['days', 'days']);
  });

  itOf('python-command')('python-command: a bucket that sends to the queue', () => {
    const { template } = readTemplate(run('python-command').folder);
    const buckets = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::S3::Bucket');
    expect(JSON.stringify(buckets)).toContain('"Queue":{"Fn::GetAtt":["WatchbotQueue","Arn"]}');
  });
});

describeWithPython('cfn-lint', () => {
  it('finds nothing in their templates', async () => {
    const files = [...runs.values()].map(({ folder }) => templateFile(folder));
    expect(unwaived(await lintTemplates(files))).toEqual([]);
  }, 120_000);
});
