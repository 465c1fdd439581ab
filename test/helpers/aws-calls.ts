import type { Moto } from './moto';
import { runPython } from './python';

export interface AwsCall {
  /** boto3's name of the service: `application-autoscaling`. */
  service: string;
  /** The API's name: `PutMetricAlarm`. */
  operation: string;
  /** Names may be written as CloudFormation does, where only the case differs. */
  parameters: Record<string, unknown>;
  /** A made-up name, and where in the answer is what later calls must say instead: `Vpc.VpcId`. */
  gives?: Record<string, string>;
}

export type AwsAnswer =
  { ok: true; response: Record<string, unknown> } | { ok: false; error: { code: string; message: string } };

/** Makes the calls in order, each batch on an empty account, all in one process. */
export function applyCalls(
  { endpoint }: Moto,
  { region, batches }: { region: string; batches: readonly (readonly AwsCall[])[] },
): Promise<AwsAnswer[][]> {
  return runPython<AwsAnswer[][]>('apply.py', { endpoint, region, batches });
}
