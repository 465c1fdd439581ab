import { getBuiltinModule } from 'node:process';
import { ProgressError } from '../errors';
import type { Credentials } from './sign';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where an ECS task's credentials are. */
const AGENT = 'http://169.254.170.2';
const ANSWER_TIMEOUT_MS = 2_000;

/**
 * Of the environment, or of the ECS task. No configuration file is read: a container has none.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 * @throws {ProgressError} `TABLE` where there are none
 */
export async function findCredentials(environment: Environment): Promise<Credentials> {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = environment;
  if (AWS_ACCESS_KEY_ID && AWS_SECRET_ACCESS_KEY) {
    return {
      accessKeyId: AWS_ACCESS_KEY_ID,
      secretAccessKey: AWS_SECRET_ACCESS_KEY,
      sessionToken: AWS_SESSION_TOKEN || undefined,
    };
  }
  const url = containerUrl(environment);
  if (url === undefined) {
    throw new ProgressError(
      'TABLE',
      'there are no credentials: neither those of an ECS task (AWS_CONTAINER_CREDENTIALS_RELATIVE_URI) nor AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
    );
  }
  return readAnswer(await get(url, await authorization(environment)));
}

function containerUrl(environment: Environment): string | undefined {
  const relative = environment.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI;
  return relative ? AGENT + relative : environment.AWS_CONTAINER_CREDENTIALS_FULL_URI;
}

async function authorization(environment: Environment): Promise<string | undefined> {
  const file = environment.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE;
  const { readFile } = getBuiltinModule('node:fs/promises');
  return file ? (await readFile(file, 'utf8')).trim() : environment.AWS_CONTAINER_AUTHORIZATION_TOKEN;
}

/** What it needs is loaded here, since it takes time that a call with keys in its environment need not spend. */
function get(url: string, token: string | undefined): Promise<string> {
  const { request } = getBuiltinModule('node:http');
  const { text } = getBuiltinModule('node:stream/consumers');
  return new Promise((resolve, reject) => {
    const headers = token === undefined ? {} : { authorization: token };
    // Not by Node's own agent, which takes a proxy where NODE_USE_ENV_PROXY says so: keys are no proxy's.
    const asked = request(url, { headers, timeout: ANSWER_TIMEOUT_MS, agent: false }, (response) => {
      text(response).then((body) => {
        if (response.statusCode === 200) resolve(body);
        else reject(new Error(`the credentials of the task: HTTP status ${response.statusCode}`));
      }, reject);
    });
    asked.once('timeout', () =>
      asked.destroy(new Error(`no credentials of the task within ${ANSWER_TIMEOUT_MS} ms`)),
    );
    asked.once('error', reject);
    asked.end();
  });
}

function readAnswer(body: string): Credentials {
  const { AccessKeyId, SecretAccessKey, Token } = JSON.parse(body) as Partial<Record<string, string>>;
  if (AccessKeyId === undefined || SecretAccessKey === undefined) {
    throw new Error('the credentials of the task: an answer without keys');
  }
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token };
}
