import { createHash, createHmac } from 'node:crypto';

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string | undefined;
}

export interface Scope {
  region: string;
  service: string;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

/**
 * The headers of a `POST` to `/`, signed. The SDK's signer does the same; to load it takes half as long again as Node
 * needs to start, and this starts once for each part of a job.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 * @param headers by their names in lower case; `host` among them
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
