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
  /** Folder of the service with its `.serverless`. Do not write to it: other tests read it, too. */
  folder: string;
  /** File of the compiled template. */
  file: string;
  template: PackagedTemplate;
  text: string;
}

/** Names of the services in `test/fixtures/services` that have a watchbot section. */
export const CORPUS_NAMES: readonly string[] = readdirSync(SERVICES)
  .filter((name) => /^watchbot:/m.test(readFileSync(path.join(SERVICES, name, 'serverless.yml'), 'utf8')))
  .sort();

/** Packaged services are kept from run to run, each in a folder named by a hash of everything it is made from. */
const CORPUS = path.join(tmpdir(), `watchbot-corpus-${hashOf([ROOT]).slice(0, 8)}`);
/** Home of the framework, where it keeps its compiled schema. Without it, a run takes twice as long. */
export const HOME = path.join(CORPUS, 'home');
const AT_ONCE = 2;
/** Unused folders are removed after this time. It is an hour, since another run may be using them. */
const OLD_MS = 3_600_000;

const corpora = new Map<string, Promise<PackagedService[]>>();

/**
 * Packages fixture services with the built plugin. Each is packaged once, however many test files ask for it.
 * @param names the services, by default all
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
      // Another test file is packaging this service: do the others first.
      waiting.push(next);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** Packages in a temporary folder and renames it at the end, so that nobody sees an incomplete service. */
async function packageOne({ framework, name, folder }: Job): Promise<void> {
  if (existsSync(folder)) return;
  const unfinished = `${folder}.${process.pid}`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished);
  copyServiceTo(name, unfinished);
  const { code, output } = await runFramework(framework, ['package'], {
    folder: unfinished,
    environment: { HOME },
  });
  if (code !== 0) throw new Error(`fixture ${name} cannot be packaged:\n${output}`);
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
    rmSync(unfinished, { recursive: true });
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

/** Names and hashes of the files, as input for a hash. */
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
