import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Snippet } from './pages';
import { parseYaml } from '../helpers/yaml';

type Keys = Record<string, unknown>;

/** A service to package, and the snippets that it contains. */
export interface Service {
  content: Keys;
  from: readonly string[];
}

const BARE = { provider: { name: 'aws' }, plugins: ['serverless-watchbot'] };

/** Leaves node_modules out of functions: here the plugin in it is a link to this whole repository. */
const WITHOUT_PLUGIN = { package: { patterns: ['!node_modules/**'] } };

/** Keys of the section that all of its workers share. */
const SHARED = ['cluster', 'vpc', 'notify', 'build', 'registry'];

/**
 * Makes services of snippets. Packaging each snippet alone would take minutes, so snippets that are only a section
 * become workers of one service if they agree in the keys that workers share.
 */
export function servicesOf(snippets: readonly Snippet[]): Service[] {
  const all = snippets.map((snippet) => ({ at: snippet.at, content: contentOf(snippet) }));
  const joined = new Map<string, { from: string[]; watchbot: Keys & { workers: Keys } }>();
  for (const { at, content } of all.filter((each) => isPlain(each.content))) {
    const { shared, workers } = split(content.watchbot as Keys);
    const key = JSON.stringify(shared);
    const group = joined.get(key) ?? { from: [], watchbot: { ...shared, workers: {} } };
    for (const [name, worker] of Object.entries(workers)) {
      group.watchbot.workers[`s${group.from.length + 1}-${name}`.slice(0, 40)] = worker;
    }
    group.from.push(at);
    joined.set(key, group);
  }
  return [
    ...[...joined.values()].map(({ from, watchbot }) => ({
      content: { service: 'joined', ...BARE, watchbot },
      from,
    })),
    ...all
      .filter(({ content }) => !isPlain(content))
      .map(({ at, content }) => ({
        content: { service: 'docs', ...BARE, ...WITHOUT_PLUGIN, ...content },
        from: [at],
      })),
  ];
}

/** Workers that are added to a snippet which is a part of a service, since it may refer to them. */
const WORKERS = { workers: { render: { command: 'python3 render.py' } } };

function contentOf({ text, kind }: Snippet): Keys {
  const content = parseYaml(text);
  return kind === 'service-part' && content.service === undefined
    ? { watchbot: WORKERS, ...content }
    : content;
}

const PLAIN = ['service', 'frameworkVersion', 'provider', 'plugins', 'watchbot'];

/** Whether a snippet is only a section, or has nothing else but what any service has. */
function isPlain(content: Keys): boolean {
  const { provider = BARE.provider, watchbot } = content;
  return (
    Object.keys(content).every((key) => PLAIN.includes(key)) &&
    JSON.stringify(provider) === JSON.stringify(BARE.provider) &&
    !JSON.stringify(watchbot).includes('${') &&
    !('workers' in (watchbot as Keys) && 'extensions' in (watchbot as Keys))
  );
}

function split(section: Keys): { shared: Keys; workers: Keys } {
  const shared = Object.fromEntries(Object.entries(section).filter(([key]) => SHARED.includes(key)));
  const rest = Object.fromEntries(Object.entries(section).filter(([key]) => !SHARED.includes(key)));
  return { shared, workers: (rest.workers as Keys | undefined) ?? { watchbot: rest } };
}

/** Writes a service and the files that it names: Dockerfiles, handlers, and a lock file of installed packages. */
export function writeService(folder: string, { content }: Service): void {
  const { watchbot = {}, functions = {} } = content as { watchbot?: Keys; functions?: Keys };
  const write = (name: string, text: string) => {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    if (!existsSync(file)) writeFileSync(file, text);
  };
  const workers = Object.values(split(watchbot).workers) as Worker[];
  for (const { image, handler } of workers) {
    if (image === undefined && typeof handler === 'string') write(...handlerFile(handler));
    const dockerfile = dockerfileOf(image);
    if (dockerfile !== undefined) write(dockerfile, 'FROM scratch\nENTRYPOINT ["/bootstrap"]\n');
  }
  const external = workers.flatMap(({ bundle }) => bundle?.external ?? []);
  if (external.length > 0) write('package-lock.json', lockFileOf(external));
  for (const { handler } of Object.values(functions) as { handler?: string }[]) {
    if (handler !== undefined) write(...handlerFile(handler));
  }
  write('serverless.yml', JSON.stringify(content, undefined, 2));
}

interface Worker {
  image?: unknown;
  handler?: unknown;
  bundle?: { external?: string[] };
}

function lockFileOf(names: readonly string[]): string {
  const locked = { version: '1.0.0', integrity: 'sha512-x', hasInstallScript: true };
  const packages = Object.fromEntries(names.map((name) => [`node_modules/${name}`, locked]));
  return JSON.stringify({ lockfileVersion: 3, packages });
}

function handlerFile(handler: string): [string, string] {
  const [, file, name] = /^(.*)\.([^.]+)$/.exec(handler)!;
  return [`${file}.js`, `exports.${name} = async () => {};\n`];
}

function dockerfileOf(image: unknown = '.'): string | undefined {
  if (typeof image === 'string') return path.join(image, 'Dockerfile');
  const { path: folder, dockerfile = 'Dockerfile' } = image as { path?: string; dockerfile?: string };
  return folder === undefined ? undefined : path.join(folder, dockerfile);
}
