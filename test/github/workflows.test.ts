import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import path from 'node:path';
import { ROOT } from '../helpers/framework';

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
}

interface Job {
  'timeout-minutes'?: number;
  strategy?: { matrix: { node: string[] } };
  permissions?: Record<string, string>;
  environment?: string;
  needs?: string;
  steps: Step[];
}

interface Workflow {
  on: Record<string, unknown>;
  permissions: Record<string, string>;
  jobs: Record<string, Job>;
}

const FOLDER = path.join(ROOT, '.github');
const textOf = (name: string) => readFileSync(path.join(FOLDER, name), 'utf8');
const workflow = (name: string) => load(textOf(`workflows/${name}`)) as Workflow;
const stepsOf = ({ jobs }: Workflow) => Object.values(jobs).flatMap(({ steps }) => steps);

const WORKFLOWS = readdirSync(path.join(FOLDER, 'workflows'));

describe.each(WORKFLOWS)('the workflow %s', (name) => {
  const found = workflow(name);

  it('may only read, except in jobs that say what they write', () => {
    expect(found.permissions).toEqual({ contents: 'read' });
  });

  it('pins actions to commits, and names their version', () => {
    const lines = textOf(`workflows/${name}`).match(/uses: .*/g)!;
    expect(lines.filter((line) => !/^uses: [\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
  });

  it('has timeouts, and puts no expression into a shell command', () => {
    for (const job of Object.values(found.jobs)) expect(job['timeout-minutes']).toBeGreaterThan(0);
    // An expression could be text of others, such as the title of a pull request. Variables are safe.
    expect(stepsOf(found).filter(({ run }) => run?.includes('${{'))).toEqual([]);
  });

  it('names only existing files', () => {
    const files = stepsOf(found).flatMap(({ run = '' }) => run.match(/(?:\.ci|tools)\/[\w.-]+/g) ?? []);
    expect(files).not.toEqual([]);
    files.forEach((file) => readFileSync(path.join(ROOT, file)));
  });
});

it('CI runs on every supported version of Node, from the oldest on', () => {
  const { engines } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    engines: { node: string };
  };
  const { node } = workflow('ci.yml').jobs.test!.strategy!.matrix;
  expect(engines.node).toBe(`>=${node[0]!}.0`);
  // LTS lines have even numbers.
  expect(node.slice(1)).toEqual(['22', '24']);
  expect(stepsOf(workflow('ci.yml')).map(({ run }) => run)).toContainEqual(
    expect.stringMatching(/ \.ci\/run$/),
  );
});

it('a release is made from a tag, tested, and published with provenance', () => {
  const release = workflow('release.yml');
  expect(release.on).toEqual({ push: { tags: ['v*'] } });
  const runs = stepsOf(release).flatMap(({ run }) => run ?? []);
  const order = ['release-notes.mjs', '.ci/run', 'npm pack', 'npm publish', 'gh release create'];
  expect(order.map((word) => runs.findIndex((run) => run.includes(word)))).toEqual([0, 1, 2, 3, 4]);
  expect(runs[3]).toContain('--provenance');
});

/** Commands that run code of others, or of this repository: it would get the permissions of the job. */
const TAKES_CODE =
  /\b(npm (ci|i|install|run|exec|test|rebuild)|npx|yarn|pnpm|node|pip|curl|wget|git|sudo|\.ci|scripts\/)/;

describe('permissions to write and to prove an identity', () => {
  const jobs = WORKFLOWS.flatMap((name) =>
    Object.entries(workflow(name).jobs).map(([job, parts]) => ({ name: `${name}: ${job}`, ...parts })),
  );
  const trusted = jobs.filter(({ permissions = {} }) => Object.values(permissions).includes('write'));

  it('belong only to the job that publishes', () => {
    expect(trusted.map(({ name }) => name)).toEqual(['release.yml: publish']);
    expect(trusted[0]!.permissions).toEqual({ contents: 'write', 'id-token': 'write' });
    expect(jobs.filter(({ environment }) => environment !== undefined)).toEqual(trusted);
  });

  it('belong to no job that runs code of others', () => {
    for (const { steps } of trusted) {
      const actions = steps.flatMap(({ uses }) => uses?.split('@')[0] ?? []);
      expect(actions).toEqual(['actions/setup-node', 'actions/download-artifact']);
      expect(steps.filter(({ run = '' }) => TAKES_CODE.test(run))).toEqual([]);
      const publishes = steps.flatMap(({ run = '' }) => run.match(/npm .*/g) ?? []);
      expect(publishes).toEqual([expect.stringContaining('npm publish --ignore-scripts ')]);
    }
  });

  it('are used only for the package that was made after all tests', () => {
    const { pack, publish } = workflow('release.yml').jobs;
    expect(publish!.needs).toBe('pack');
    const of = (job: Job | undefined, action: string) =>
      job!.steps.find(({ uses = '' }) => uses.startsWith(`actions/${action}@`))?.with;
    const uploaded = of(pack, 'upload-artifact');
    expect(uploaded).toMatchObject({ path: '${{ runner.temp }}/release', 'if-no-files-found': 'error' });
    expect(of(publish, 'download-artifact')).toMatchObject({ name: uploaded!.name, path: 'release' });
    expect(pack!.steps.at(-1)!.uses).toContain('upload-artifact');
  });
});

describe('forms for issues', () => {
  const forms = readdirSync(path.join(FOLDER, 'ISSUE_TEMPLATE')).filter((name) => name !== 'config.yml');

  it.each(forms)('%s has what GitHub requires', (name) => {
    const form = load(textOf(`ISSUE_TEMPLATE/${name}`)) as {
      name: string;
      description: string;
      body: { type: string; id: string; attributes: { label: string } }[];
    };
    expect([form.name, form.description].every((text) => text.length > 3)).toBe(true);
    const ids = form.body.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { type, attributes } of form.body) {
      expect(['textarea', 'input', 'dropdown', 'checkboxes', 'markdown']).toContain(type);
      expect(attributes.label).toEqual(expect.any(String));
    }
  });
});
