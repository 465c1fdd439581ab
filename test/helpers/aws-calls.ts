import type { Moto } from './moto';
import { runPython } from './python';

export interface AwsCall {
  /** The name that boto3 has for the service, such as `application-autoscaling`. */
  service: string;
  /** The name of the API action, such as `PutMetricAlarm`. */
  operation: string;
  /** Parameter names, in the API's or in CloudFormation's upper and lower case. */
  parameters: Record<string, unknown>;
  /** Placeholders that later calls use, each with the path of its real value in the answer, such as `Vpc.VpcId`. */
  gives?: Record<string, string>;
}

export type AwsAnswer =
  { ok: true; response: Record<string, unknown> } | { ok: false; error: { code: string; message: string } };

/** Makes the calls in order, each batch in an empty account. One process makes all of them. */
export function applyCalls(
  { endpoint }: Moto,
  { region, batches }: { region: string; batches: readonly (readonly AwsCall[])[] },
): Promise<AwsAnswer[][]> {
  return runPython<AwsAnswer[][]>('apply.py', { endpoint, region, batches });
}
