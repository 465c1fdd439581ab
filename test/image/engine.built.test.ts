import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findEngine } from '../../src/image/engine/engine';
import { commandRunner, type Run } from '../../src/image/engine/run-command';
import { LAYER_FILES } from '../../src/image/layer';
import { packagedContext, type PackagedImage, packagedLayer } from '../../src/image/package-folder';

const NAMES = ['docker', 'podman', 'finch', 'buildah'] as const;
const IMAGE: PackagedImage = {
  worker: 'Render',
  architecture: 'arm64',
  repository: 'tiles-dev/render',
  tag: 'abc',
  base: {
    kind: 'build',
    dockerfile: 'a/Dockerfile',
    buildArgs: { LEVEL: '1', WORD: 'a b' },
    target: 'worker',
  },
  nodeImage: 'node:24',
  compression: 'gzip',
};

let folder: string;
let run: Run;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'watchbot-engine-'));
  mkdirSync(path.join(folder, 'bin'));
  // The programs of the scripts, and no engine of this machine.
  run = commandRunner({ environment: { PATH: path.join(folder, 'bin') } });
  const layer = packagedLayer(folder);
  mkdirSync(layer, { recursive: true });
  for (const name of [...LAYER_FILES, 'launcher-arm64']) {
    writeFileSync(path.join(layer, name), name, { mode: 0o600 });
  }
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** An engine that notes its arguments, environment and input, and then does what the script says. */
function putEngine(name: string, script = ''): void {
  const notes = path.join(folder, 'notes');
  const note = `{ for word in "$@"; do printf '%s\\n' "$word"; done; echo --; } >>'${notes}'`;
  writeFileSync(path.join(folder, 'bin', name), `#!/bin/sh\n${note}\n${script}\n`, { mode: 0o755 });
}

/** For an engine that can write what it builds into a folder: it makes a program and a library. */
const EXPORTS = `for word; do case "$word" in type=local,dest=*)
  tree=\${word#*dest=}/opt/watchbot
  /bin/mkdir -p "$tree/bin" "$tree/lib"
  /bin/grep -q /bin/node "$tree/../../../Containerfile.node" && echo "not ELF" >"$tree/bin/node"
  echo loader >"$tree/lib/ld.so"
esac; done
`;

/** The arguments of each call but the first, which asks whether the engine is there. */
const calls = () =>
  readFileSync(path.join(folder, 'notes'), 'utf8')
    .split('--\n')
    .slice(1, -1)
    .map((call) => call.trimEnd().split('\n'));

const options = (reference: string) => ({
  packageFolder: folder,
  reference,
  report: () => undefined,
  npmSettings: () => Promise.resolve(undefined),
});

describe('the engine', () => {
  it.each(NAMES)('is %s if only that is there', async (name) => {
    putEngine(name);
    expect((await findEngine({ run })).name).toBe(name);
  });

  it('is the first that answers', async () => {
    putEngine('docker', 'echo Cannot connect to the Docker daemon >&2; exit 1');
    putEngine('podman');
    putEngine('buildah');
    expect((await findEngine({ run })).name).toBe('podman');
    expect((await findEngine({ run, configured: 'buildah' })).name).toBe('buildah');
  });

  it('is none if none is installed', async () => {
    await expect(findEngine({ run })).rejects.toMatchObject({
      message: `WATCHBOT_NO_ENGINE at the container engine
  given:   docker is not installed
           podman is not installed
           finch is not installed
           buildah is not installed
  allowed: docker, podman, finch, buildah, installed and answering
  do:      start one of them (Docker Desktop, \`systemctl start docker\`, \`podman machine start\`, \`finch vm start\`), or install one; nothing was changed`,
    });
  });

  it('is none if the configured one does not answer, though another would', async () => {
    putEngine('docker', 'echo Cannot connect to the Docker daemon >&2; exit 1');
    putEngine('podman');
    await expect(findEngine({ run, configured: 'docker' })).rejects.toThrow(
      'given:   docker does not answer `docker version`: Cannot connect to the Docker daemon\n  allowed: docker, ',
    );
  });
});

const OF_A_USER = { docker: [], podman: ['--format', 'docker', '--layers'] };
const OF_A_LAYER = {
  docker: [],
  podman: ['--format', 'oci', '--layers', '--no-cache', '--timestamp', '0'],
};
const WHY_NOT = {
  docker: /^docker can if its image store is containerd's/,
  podman: /^this version of podman has no option/,
  finch: /^finch has no option/,
  buildah: /^this version of buildah has no option/,
};
const OF_NODE = { docker: [], podman: ['--format', 'oci', '--layers=false', '--timestamp', '0'] };

describe.each([
  { name: 'docker', like: 'docker' },
  { name: 'podman', like: 'podman' },
  { name: 'finch', like: 'docker' },
  { name: 'buildah', like: 'podman' },
] as const)('$name', ({ name, like }) => {
  const plainHttp = like === 'podman' ? ['--tls-verify=false'] : [];

  it('builds the Dockerfile as it is, and the layer over it', async () => {
    putEngine(name, EXPORTS);
    const engine = await findEngine({ run });
    await engine.build(IMAGE, options('registry.example.com/tiles-dev/render:abc'));
    const context = packagedContext(folder, 'Render');
    const base = 'localhost/watchbot-base/render:abc';
    const [user, node, layer] = calls();
    expect(user).toEqual([
      ...['build', '--platform', 'linux/arm64', ...OF_A_USER[like], '--tag', base],
      ...['--file', path.join(context, 'a/Dockerfile')],
      ...['--build-arg', 'LEVEL=1', '--build-arg', 'WORD=a b', '--target', 'worker', context],
    ]);
    const layerFolder = layer!.at(-1)!;
    expect(node).toEqual([
      ...['build', '--platform', 'linux/arm64', ...OF_NODE[like]],
      ...['--output', `type=local,dest=${path.join(layerFolder, 'node')}`],
      ...['--file', path.join(layerFolder, 'Containerfile.node'), layerFolder],
    ]);
    expect(layer).toEqual([
      ...['build', '--platform', 'linux/arm64', ...OF_A_LAYER[like]],
      ...['--tag', 'registry.example.com/tiles-dev/render:abc'],
      ...['--file', path.join(layerFolder, 'Containerfile'), layerFolder],
    ]);
  });

  it('has the same layers wherever it is built: the same times, modes and order', async () => {
    const see = `cd "$folder" && /usr/bin/find node watcher entry-point -printf '%p %m %T@\\n' >'${folder}/trees'; /bin/cp Containerfile '${folder}'`;
    const asked = `case " $* " in *' inspect '*) echo '[{"Config":{"Cmd":["x"]}}]' ;; esac`;
    putEngine(
      name,
      `${EXPORTS}${asked}\nfor folder; do :; done\n[ -d "$folder/node" ] && { ${see}; }\nexit 0`,
    );
    const engine = await findEngine({ run });
    const image = { ...IMAGE, ownEntryPoint: { isCommandReplaced: false } };
    const mask = process.umask(0o077);
    await engine.build(image, options('a/b:c')).finally(() => process.umask(mask));
    const lines = readFileSync(path.join(folder, 'trees'), 'utf8').trim().split('\n');
    const seen = lines.filter((line) => line.includes('/')).sort();
    expect(seen.map((line) => line.split(' ').slice(1).join(' '))).toEqual(
      seen.map((line) => `${/\.js|\.json|\.map/.test(line) ? '644' : '755'} 0.0000000000`),
    );
    expect(seen.map((line) => line.split(' ')[0])).toEqual(
      expect.arrayContaining([
        'node/opt/watchbot/bin/node',
        'watcher/opt',
        'entry-point/opt/watchbot/entry-point.json',
      ]),
    );
    const copies = readFileSync(path.join(folder, 'Containerfile'), 'utf8').match(/^COPY.*$/gm);
    expect(copies).toEqual(['node', 'watcher', 'entry-point'].map((tree) => `COPY ${tree}/ /`));
  });

  it('builds the layer from the image of Node if it cannot write into a folder', async () => {
    const keep = `for folder; do :; done; [ "$1" = build ] && [ -e "$folder/Containerfile" ] && /bin/cp "$folder/Containerfile" '${folder}'`;
    putEngine(name, `case " $* " in *' --output '*) echo no such option; exit 1 ;; esac\n${keep}\nexit 0`);
    const engine = await findEngine({ run });
    const lines: string[] = [];
    await engine.build(IMAGE, { ...options('a/b:c'), report: (line) => void lines.push(line) });
    expect(lines.at(-1)).toMatch(/^The parts of Node cannot be taken out of its image here/);
    const text = readFileSync(path.join(folder, 'Containerfile'), 'utf8');
    expect(text).toContain('COPY --from=watchbot-node /usr/local/bin/node /opt/watchbot/bin/node\n');
    expect(text).toContain('COPY watcher/ /\n');
    expect(text).not.toContain('COPY node/');
  });

  it.each([
    { what: 'Node of a registry of this machine', nodeImage: 'localhost:5000/node:24', base: IMAGE.base },
    {
      what: 'an image of a registry of this machine',
      nodeImage: 'node:24',
      base: { kind: 'uri', uri: '127.0.0.1:5000/app:1' },
    },
    {
      what: 'a handler over Node of this machine',
      nodeImage: '[::1]:5000/node:24',
      base: { kind: 'bundle', handler: 'a.b' },
    },
    { what: 'nothing of this machine', nodeImage: 'localhost.example.com/node:24', base: IMAGE.base },
  ] as unknown as { what: string; nodeImage: string; base: PackagedImage['base'] }[])(
    'verifies all that a build pulls: $what',
    async ({ nodeImage, base }) => {
      putEngine(name);
      const engine = await findEngine({ run });
      await engine.build({ ...IMAGE, base, nodeImage }, options('registry.example.com/render:abc'));
      const named = [nodeImage, base.kind === 'uri' ? base.uri : ''].filter((each) =>
        /^(localhost:|127|\[)/.test(each),
      );
      const [pulls, builds] = ['pull', 'build'].map((command) =>
        calls().filter(([first]) => first === command),
      );
      // Docker and finch know by themselves what speaks plain HTTP here.
      const expected = like === 'docker' ? [] : named;
      expect(pulls).toEqual(
        expected.map((each) => ['pull', '--platform', 'linux/arm64', '--tls-verify=false', each]),
      );
      expect(builds!.length).toBeGreaterThan(0);
      expect(builds!.flat().join(' ')).not.toContain('tls-verify');
      expect(calls().findIndex(([first]) => first === 'build')).toBe(expected.length);
    },
  );

  it('is handed the settings of npm as a secret, in a file that is gone afterwards', async () => {
    const keep = `case " $* " in *' --secret '*) ;; *) exit 0 ;; esac
for word; do case "$word" in id=*) file=\${word#*src=}; /bin/cp "$file" '${folder}/npmrc'; /bin/stat -c %a "$file" >'${folder}/mode' ;; esac; done
echo token t0ken`;
    putEngine(name, EXPORTS + keep);
    const context = packagedContext(folder, 'Render');
    mkdirSync(path.join(context, 'external'), { recursive: true });
    writeFileSync(path.join(context, 'external/package-lock.json'), '{}');
    const engine = await findEngine({ run });
    const lines: string[] = [];
    const text = '//npm.acme.example/:_authToken="t0ken"\n';
    const image: PackagedImage = { ...IMAGE, base: { kind: 'bundle' } };
    await engine.build(image, {
      ...options('a/b:c'),
      report: (line) => void lines.push(line),
      npmSettings: () => Promise.resolve({ text, secrets: ['t0ken'] }),
    });
    const [base, layer] = [calls().at(0), calls().at(-1)];
    const secret = base![base!.indexOf('--secret') + 1]!;
    const [, file] = /^id=watchbot-npmrc,src=(.+)$/.exec(secret)!;
    expect(base!.slice(-3)).toEqual(['--secret', secret, context]);
    expect(layer).not.toContain('--secret');
    expect(readFileSync(path.join(folder, 'npmrc'), 'utf8')).toBe(text);
    expect(readFileSync(path.join(folder, 'mode'), 'utf8')).toBe('600\n');
    expect(existsSync(file!)).toBe(false);
    expect(lines).toEqual(['token ***']);
  });

  it('is handed no secret if there are no settings, or nothing that npm would install', async () => {
    putEngine(name);
    const engine = await findEngine({ run });
    const asked: string[] = [];
    const npmSettings = (answer: { text: string; secrets: string[] } | undefined) => () => {
      asked.push(answer?.text ?? 'none');
      return Promise.resolve(answer);
    };
    const image: PackagedImage = { ...IMAGE, base: { kind: 'bundle' } };
    const some = { text: 'registry="https://npm.acme.example"', secrets: [] };
    await engine.build(image, { ...options('a/b:c'), npmSettings: npmSettings(some) });
    await engine.build(IMAGE, { ...options('a/b:c'), npmSettings: npmSettings(some) });
    const external = path.join(packagedContext(folder, 'Render'), 'external');
    mkdirSync(external, { recursive: true });
    writeFileSync(path.join(external, 'package-lock.json'), '{}');
    await engine.build(IMAGE, { ...options('a/b:c'), npmSettings: npmSettings(some) });
    await engine.build(image, { ...options('a/b:c'), npmSettings: npmSettings(undefined) });
    expect(asked).toEqual(['none']);
    expect(calls().flat()).not.toContain('--secret');
  });

  it('is asked what an image starts by itself, before the layer replaces it', async () => {
    const config = { Entrypoint: ['/entry'], Cmd: ['a "b"'] };
    const said = JSON.stringify(
      name === 'buildah' ? { Config: 'a text', OCIv1: { config } } : [{ Config: config }],
    );
    // With the last build its folder is gone.
    const keep = `for folder; do :; done; [ -e "$folder/Containerfile" ] && /bin/cp "$folder"/entry-point/opt/watchbot/*.json "$folder/Containerfile" '${folder}'`;
    putEngine(name, `case " $* " in *' inspect '*) echo '${said}' ;; esac\n${keep}\nexit 0`);
    const engine = await findEngine({ run });
    const base = { kind: 'uri', uri: 'registry.example.com/app:1' } as const;
    await engine.build({ ...IMAGE, base, ownEntryPoint: { isCommandReplaced: true } }, options('a/b:c'));
    const inspect = name === 'buildah' ? ['inspect', '--type', 'image'] : ['image', 'inspect'];
    expect(calls().slice(0, 2)).toEqual([
      ['pull', '--platform', 'linux/arm64', base.uri],
      [...inspect, base.uri],
    ]);
    const read = (file: string) => readFileSync(path.join(folder, file), 'utf8');
    expect(JSON.parse(read('entry-point.json'))).toEqual({ entryPoint: ['/entry'], command: ['a "b"'] });
    expect(read('Containerfile')).toMatch(/^COPY entry-point\/ \/$/m);
  });

  it('compresses by zstd with the options that it has', async () => {
    const answers = `case " $* " in
  *' info --format '*) echo '[["driver-type","io.containerd.snapshotter.v1"]]' ;;
  *' push --help '*) echo '  --compression-format string'; echo '  --compression-level int'; echo '  --force-compression' ;;
esac`;
    putEngine(name, `${EXPORTS}${answers}`);
    const engine = await findEngine({ run });
    const zstd = await engine.zstd();
    if (name === 'finch') return expect(zstd).toEqual({ whyNot: 'finch has no option for it' });
    if ('whyNot' in zstd) throw new Error(zstd.whyNot);
    await engine.build(IMAGE, { ...options('a/b:c'), zstd });
    await engine.push('a/b:c', { report: () => undefined, zstd });
    const [asked, user, node, layer, push] = calls();
    expect(asked).toEqual(
      like === 'docker' ? ['info', '--format', '{{json .DriverStatus}}'] : ['push', '--help'],
    );
    // What the user's Dockerfile makes, and what is taken out of Node's image, is none of its business.
    expect([user, node].join()).not.toContain('compression');
    const output = 'type=image,oci-mediatypes=true,compression=zstd,compression-level=19';
    expect(layer!.includes(output)).toBe(like === 'docker');
    const ofPush = ['--compression-format', 'zstd', '--compression-level', '19', '--force-compression=false'];
    expect(push).toEqual(['push', ...(like === 'docker' ? [] : ofPush), 'a/b:c']);
  });

  it('says why it cannot compress by zstd', async () => {
    putEngine(name, `case " $* " in *' info --format '*) echo '[["Backing Filesystem","extfs"]]' ;; esac`);
    const found = await (await findEngine({ run })).zstd();
    expect(found).toEqual({ whyNot: expect.stringMatching(WHY_NOT[name]) });
  });

  it('takes the password from its standard input only', async () => {
    putEngine(name, `[ "$1" = login ] && { read -r given; echo "$given" >>'${folder}/password'; }; exit 0`);
    const engine = await findEngine({ run });
    await engine.login('1234.dkr.ecr.eu-west-1.amazonaws.com', { username: 'AWS', password: 's3cret' });
    await engine.login('127.0.0.1:5000', { username: 'me', password: 's3cret' });
    expect(readFileSync(path.join(folder, 'password'), 'utf8')).toBe('s3cret\ns3cret\n');
    expect(calls()).toEqual([
      ['login', '--username', 'AWS', '--password-stdin', '1234.dkr.ecr.eu-west-1.amazonaws.com'],
      ['login', ...plainHttp, '--username', 'me', '--password-stdin', '127.0.0.1:5000'],
    ]);
  });

  it('pushes, by plain HTTP on this machine only', async () => {
    putEngine(name);
    const engine = await findEngine({ run });
    for (const registry of ['registry.example.com', 'localhost:5000', 'localhost.example.com']) {
      await engine.push(`${registry}/a:b`, { report: () => undefined });
    }
    expect(calls()).toEqual([
      ['push', 'registry.example.com/a:b'],
      ['push', ...plainHttp, 'localhost:5000/a:b'],
      ['push', 'localhost.example.com/a:b'],
    ]);
  });
});

describe('an image that is to start a handler by itself', () => {
  it.each([
    { config: {}, isCommandReplaced: false, given: 'neither ENTRYPOINT nor CMD' },
    {
      config: { Entrypoint: null, Cmd: ['serve'] },
      isCommandReplaced: true,
      given: 'no ENTRYPOINT, and the CMD ["serve"], which `handler` takes the place of',
    },
  ])('has $given: that is an error', async ({ config, isCommandReplaced, given }) => {
    putEngine(
      'docker',
      `case " $* " in *' inspect '*) echo '${JSON.stringify([{ Config: config }])}' ;; esac`,
    );
    const engine = await findEngine({ run });
    const built = engine.build({ ...IMAGE, ownEntryPoint: { isCommandReplaced } }, options('a/b:c'));
    await expect(built).rejects.toMatchObject({
      code: 'WATCHBOT_IMAGE',
      message: expect.stringContaining(`at the image of worker Render\n  given:   ${given}\n`),
    });
    // The user's own, and no layer over it.
    expect(calls().filter(([command]) => command === 'build')).toHaveLength(1);
  });
});

describe('a command of the engine', () => {
  it('reports each line, and on failure shows itself and its last 20 lines', async () => {
    putEngine(
      'docker',
      '[ "$1" = version ] || { i=0; while [ $i -lt 30 ]; do i=$((i+1)); echo "step $i" >&2; done; exit 3; }',
    );
    const lines: string[] = [];
    const engine = await findEngine({ run });
    const pushed = engine.push('example.com/a:b', { report: (line) => void lines.push(line) });
    const shown = Array.from({ length: 20 }, (_, index) => `    step ${index + 11}`).join('\n');
    await expect(pushed).rejects.toMatchObject({
      name: 'ServerlessError',
      message: `WATCHBOT_PUSH at example.com/a:b
  given:   docker push example.com/a:b, which failed:
${shown}
  do:      the stack was not changed; deploy again when the reason above is gone`,
    });
    expect(lines).toHaveLength(30);
  });

  it('that fails to build says so of the worker, and does not go on', async () => {
    putEngine('docker', '[ "$1" = version ] || { echo no such stage; exit 1; }');
    const engine = await findEngine({ run });
    await expect(engine.build(IMAGE, options('a/b:c'))).rejects.toThrow(
      /^WATCHBOT_BUILD at the image of worker Render\n {2}given: {3}docker build .* 'WORD=a b' .*, which failed:\n {4}no such stage\n/,
    );
    expect(calls()).toHaveLength(1);
  });

  it('that fails to log in does not show the password', async () => {
    putEngine('docker', '[ "$1" = version ] || { echo denied; exit 1; }');
    const engine = await findEngine({ run });
    const error = await engine
      .login('example.com', { username: 'AWS', password: 's3cret' })
      .catch((error: unknown) => error as Error);
    expect((error as Error).message).toContain('WATCHBOT_LOGIN at example.com');
    expect(JSON.stringify(error) + (error as Error).message).not.toContain('s3cret');
  });

  it('is ended by Ctrl-C with all that it has started, and nothing more is started', async () => {
    putEngine('docker', `[ "$1" = version ] || { /bin/sleep 60 & echo started; wait; }`);
    const controller = new AbortController();
    run = commandRunner({ environment: { PATH: path.join(folder, 'bin') }, signal: controller.signal });
    const engine = await findEngine({ run });
    const pushed = engine.push('a/b:c', {
      report: () => {
        controller.abort();
      },
    });
    await expect(pushed).rejects.toMatchObject({ code: 'WATCHBOT_INTERRUPTED' });
    await expect(findEngine({ run })).rejects.toMatchObject({ code: 'WATCHBOT_INTERRUPTED' });
  });

  it.each([
    { name: 'holds a NUL', argument: 'a\0b', reason: 'null bytes' },
    { name: 'is longer than Linux takes', argument: 'x'.repeat(200_000), reason: 'E2BIG' },
  ])('whose argument $name fails with that reason', async ({ argument, reason }) => {
    putEngine('docker');
    const { ending, lastLines } = await run({ program: 'docker', arguments: [argument] });
    expect(ending).toBe('failed');
    expect(lastLines.join()).toContain(reason);
    expect(lastLines.join().length).toBeLessThan(3_000);
  });

  it('has output that cannot change the terminal, and nothing in it that is hidden', async () => {
    const written = String.raw`\033[31mred\033[0m \033]0;title\007 a\bb tok3n s3cret\n`;
    putEngine('docker', `[ "$1" = version ] || { printf '${written}'; exit 1; }`);
    const lines: string[] = [];
    const base = { ...IMAGE.base, buildArgs: { NPM_TOKEN: 'tok3n', KEY: 's3cret', KEYBOARD: 'dvorak' } };
    const engine = await findEngine({ run });
    const report = (line: string) => void lines.push(line);
    const built = engine.build({ ...IMAGE, base }, { ...options('a/b:c'), report });
    const error = await built.catch((error: unknown) => error as Error);
    const { message } = error as Error;
    expect(lines).toEqual(['red  a\\u0008b *** ***']);
    expect(message).toContain(
      "--build-arg 'NPM_TOKEN=***' --build-arg 'KEY=***' --build-arg KEYBOARD=dvorak",
    );
    expect(message).toContain(lines[0]);
    expect(message).not.toMatch(/tok3n|s3cret/);
    // The engine itself has them.
    expect(calls()[0]).toContain('NPM_TOKEN=tok3n');
  });

  it('ends though something that it has left running holds its output', async () => {
    putEngine('docker', `/usr/bin/setsid /bin/sleep 60 & echo $! >'${folder}/pid'; echo pushed`);
    const { ending, lastLines } = await run({ program: 'docker', arguments: ['push'] });
    expect({ ending, lastLines }).toEqual({ ending: 'done', lastLines: ['pushed'] });
    process.kill(Number(readFileSync(path.join(folder, 'pid'), 'utf8')));
  });

  it('is ended when its time is over', async () => {
    putEngine('docker', 'exec /bin/sleep 60');
    const started = Date.now();
    const result = await run({ program: 'docker', arguments: [], timeoutMs: 200 });
    expect(result.ending).toBe('timeout');
    expect(Date.now() - started).toBeLessThan(5_000);
  });
});
