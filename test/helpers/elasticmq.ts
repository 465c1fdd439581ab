import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { CACHE, run } from './cached';
import { ROOT } from './framework';
import { freePort } from './free-port';
import { makeOnce } from './make-once';
import { collectLines } from './lines';

const FOLDER = path.join(CACHE, 'watchbot-elasticmq');

/** Downloads ElasticMQ unless it is there. @returns why it cannot be had, or undefined */
export function prepareElasticMq(): string | undefined {
  const source = path.join(ROOT, 'test/servers/elasticmq');
  if (spawnSync('java', ['-version']).status !== 0) return 'there is no java';
  return makeOnce(FOLDER, readFileSync(path.join(source, 'pom.xml')), () => {
    cpSync(source, FOLDER, { recursive: true });
    const goal = ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=lib'];
    return run('mvn', goal, FOLDER);
  });
}

/**
 * Starts ElasticMQ, another emulator of SQS: https://github.com/softwaremill/elasticmq. It ends if the test is killed.
 */
export async function startElasticMq(): Promise<{ endpoint: string; stop: () => Promise<void> }> {
  const port = await freePort();
  const config = path.join(FOLDER, `${port}.conf`);
  const address = `{ protocol = http, host = "127.0.0.1", port = ${port}, context-path = "" }`;
  writeFileSync(
    config,
    `include classpath("application.conf")
node-address = ${address}
rest-sqs { enabled = true, bind-hostname = "127.0.0.1", bind-port = ${port} }
rest-stats { enabled = false }
`,
  );
  const java = ['java', `-Dconfig.file=${config}`, '-cp', path.join(FOLDER, 'lib/*')];
  // ElasticMQ does not end when its parent does, so the shell kills it when standard input closes.
  const line = `"$@" & trap 'kill $!' EXIT; read -r _`;
  const child = spawn('sh', ['-c', line, 'sh', ...java, 'org.elasticmq.server.Main'], { stdio: 'pipe' });
  const lines = collectLines();
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', lines.add);
  await lines.find('started in', 60_000);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    stop: async () => {
      const ended = once(child, 'close');
      child.stdin.end();
      await ended;
    },
  };
}
