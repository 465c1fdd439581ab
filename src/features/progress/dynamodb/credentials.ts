import { createHash, createHmac } from 'node:crypto';
import { getBuiltinModule } from 'node:process';
import { ProgressError } from '../errors';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where an ECS task gets its credentials. */
const AGENT = 'http://169.254.170.2';
const ANSWER_TIMEOUT_MS = 2_000;

/**
 * Finds credentials in the environment, or those of the ECS task. It reads no configuration file: a container has none.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 * @throws {ProgressError} `TABLE` if there are none
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

/** Loads what it needs here: that takes time which a call with keys in its environment need not spend. */
function get(url: string, token: string | undefined): Promise<string> {
  const { request } = getBuiltinModule('node:http');
  const { text } = getBuiltinModule('node:stream/consumers');
  return new Promise((resolve, reject) => {
    const headers = token === undefined ? {} : { authorization: token };
    // Without Node's own agent, which would use a proxy if NODE_USE_ENV_PROXY is set: keys are not for a proxy.
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

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string | undefined;
}

interface Scope {
  region: string;
  service: string;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

/**
 * Signs the headers of a `POST` to `/`. The SDK's signer does the same, but loading it takes half as long as Node
 * takes to start, and this command starts once for each part of a job.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 * @param headers with names in lower case, `host` among them
 */
export function signedHeaders(
  { headers, body, time }: { headers: Readonly<Record<string, string>>; body: string; time: Date },
  credentials: Credentials,
  { region, service }: Scope,
): Record<string, string> {
  const date = time.toISOString().replace(/[-:]|\.\d{3}/g, '');
  const all: Record<string, string> = {
    ...headers,
    'x-amz-date': date,
    ...(credentials.sessionToken === undefined ? {} : { 'x-amz-security-token': credentials.sessionToken }),
  };
  const names = Object.keys(all).sort();
  const lines = names.map((name) => `${name}:${all[name]!.trim()}\n`).join('');
  const request = ['POST', '/', '', lines, names.join(';'), sha256(body)].join('\n');
  const scope = [date.slice(0, 8), region, service, 'aws4_request'];
  const key = scope.reduce<string | Buffer>(hmac, `AWS4${credentials.secretAccessKey}`);
  const text = [ALGORITHM, date, scope.join('/'), sha256(request)].join('\n');
  const signature = createHmac('sha256', key).update(text).digest('hex');
  const credential = `Credential=${credentials.accessKeyId}/${scope.join('/')}`;
  return {
    ...all,
    authorization: `${ALGORITHM} ${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
  };
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
