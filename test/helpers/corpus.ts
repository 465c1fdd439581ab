import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { claim, giveUpClaim } from './make-once';
import {
  copyServiceTo,
  FRAMEWORK_NAMES,
  FRAMEWORKS,
  readTemplate,
  ROOT,
  runFramework,
  SERVICES,
  templateFile,
  type Framework,
  type PackagedTemplate,
} from './framework';

export interface PackagedService {
  name: string;
  /** The service with its `.serverless`. To be read only: other tests read it too. */
  folder: string;
  /** The compiled template, as a file. */
  file: string;
  template: PackagedTemplate;
  text: string;
}

/** Services of `test/fixtures/services` that have a watchbot section. */
export const CORPUS_NAMES: readonly string[] = readdirSync(SERVICES)
  .filter((name) => /^watchbot:/m.test(readFileSync(path.join(SERVICES, name, 'serverless.yml'), 'utf8')))
  .sort();

/** What is packaged is kept from run to run, each in a folder that is named by a hash of all that goes into it. */
const CORPUS = path.join(tmpdir(), `watchbot-corpus-${hashOf([ROOT]).slice(0, 8)}`);
/** Of the framework, which keeps there what it has compiled of its schema: without it, a run takes twice as long. */
export const HOME = path.join(CORPUS, 'home');
const AT_ONCE = 2;
/** What no run has any more; an hour, since another run may be under way. */
const OLD_MS = 3_600_000;

const corpora = new Map<string, Promise<PackagedService[]>>();

/**
 * Every fixture service, packaged by the framework with the built plugin: once, however many test files ask.
 * @param names only these
 */
export function packagedCorpus(
  framework: Framework = 'osls',
  names = CORPUS_NAMES,
): Promise<PackagedService[]> {
  const key = JSON.stringify([framework, names]);
  const packaged = corpora.get(key) ?? packageAll(framework, names);
  corpora.set(key, packaged);
  return packaged;
}

async function packageAll(framework: Framework, names: readonly string[]): Promise<PackagedService[]> {
  mkdirSync(HOME, { recursive: true });
  const known = FRAMEWORK_NAMES.flatMap((each) => jobsOf(each));
  removeOld(new Set(known.map(({ folder }) => folder)));
  const jobs = known.filter((job) => job.framework === framework && names.includes(job.name));
  const waiting = [...jobs];
  await Promise.all(Array.from({ length: AT_ONCE }, () => packageFrom(waiting)));
  return jobs.map(({ name, folder }) => ({
    name,
    folder,
    file: templateFile(folder),
    ...readTemplate(folder),
  }));
}

interface Job {
  framework: Framework;
  name: string;
  folder: string;
}

function jobsOf(framework: Framework): Job[] {
  const tools = hashOf([
    process.version,
    ...filesUnder(path.dirname(path.dirname(FRAMEWORKS[framework])), ['package.json']),
    ...filesUnder(path.join(ROOT, 'dist')),
  ]);
  return CORPUS_NAMES.map((name) => ({
    framework,
    name,
    folder: path.join(CORPUS, `${name}-${fixtureHash(tools, name)}`),
  }));
}

const fixtureHash = (tools: string, name: string) =>
  hashOf([tools, ...filesUnder(path.join(SERVICES, name))]).slice(0, 20);

async function packageFrom(waiting: Job[]): Promise<void> {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { folder } = next;
    if (existsSync(folder)) continue;
    if (claim(folder)) {
      await packageOne(next).finally(() => {
        giveUpClaim(folder);
      });
    } else {
      // Another test file is at it: see to the others first.
      waiting.push(next);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** In a folder beside, which takes its place when all is there: nobody sees half a service. */
async function packageOne({ framework, name, folder }: Job): Promise<void> {
  if (existsSync(folder)) return;
  const beside = `${folder}.${process.pid}`;
  rmSync(beside, { recursive: true, force: true });
  mkdirSync(beside);
  copyServiceTo(name, beside);
  const { code, output } = await runFramework(framework, ['package'], {
    folder: beside,
    environment: { HOME },
  });
  if (code !== 0) throw new Error(`fixture ${name} cannot be packaged:\n${output}`);
  try {
    renameSync(beside, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
    rmSync(beside, { recursive: true });
  }
}

function removeOld(wanted: ReadonlySet<string>): void {
  for (const name of readdirSync(CORPUS)) {
    const entry = path.join(CORPUS, name);
    const { mtimeMs = Date.now() } = statSync(entry, { throwIfNoEntry: false }) ?? {};
    const isOld = Date.now() - mtimeMs > OLD_MS;
    if (isOld && entry !== HOME && !wanted.has(entry)) rmSync(entry, { recursive: true, force: true });
  }
}

/** Names and contents of files, for a hash. */
function filesUnder(folder: string, names?: readonly string[]): string[] {
  const files = names ?? readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return files.flatMap((name) => {
    const file = path.join(folder, name);
    return statSync(file).isFile() ? [name, hashOf([readFileSync(file, 'utf8')])] : [];
  });
}

function hashOf(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
