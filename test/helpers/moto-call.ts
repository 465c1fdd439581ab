import type { Moto } from './moto';

/** A header for moto, which accepts any signature, and reads region and service from it. */
const authorization = (region: string, service: string) =>
  `AWS4-HMAC-SHA256 Credential=test/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`;

async function post({ endpoint }: Moto, headers: Record<string, string>, body: string): Promise<string> {
  const answer = await fetch(endpoint, { method: 'POST', headers, body });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`moto answered ${answer.status}: ${text}`);
  return text;
}

/** Calls a JSON API whose client is not installed, such as `AmazonEC2ContainerServiceV20141113.DescribeServices`. */
export async function callJson<T>(
  moto: Moto,
  { region, target, input }: { region: string; target: string; input: object },
): Promise<T> {
  const service = target.startsWith('DynamoDB') ? 'dynamodb' : 'ecs';
  const headers = {
    'Content-Type': 'application/x-amz-json-1.1',
    'X-Amz-Target': target,
    Authorization: authorization(region, service),
  };
  return JSON.parse(await post(moto, headers, JSON.stringify(input))) as T;
}

/** Calls the API of EC2. */
export async function callEc2(
  moto: Moto,
  region: string,
  parameters: Record<string, string>,
): Promise<string> {
  const body = new URLSearchParams({ Version: '2016-11-15', ...parameters }).toString();
  const headers = {
    'Content-Type': 'application/x-www-form-urlencoded',
    Authorization: authorization(region, 'ec2'),
  };
  return post(moto, headers, body);
}
