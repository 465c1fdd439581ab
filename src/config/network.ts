/** What `vpc` says alone. */
export const PRIVATE = 'private';

/** How tasks in private subnets reach AWS. */
export const PRIVATE_WAYS = ['nat', 'natPerZone', 'endpoints'] as const;
export type PrivateWay = (typeof PRIVATE_WAYS)[number];

/**
 * One gateway costs half of what the endpoints of the plainest worker cost in two zones, and reaches all that a worker may
 * call: docs/network.md has the sums.
 */
export const DEFAULT_PRIVATE_WAY = 'nat' satisfies PrivateWay;

/** https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html: interface endpoints of a VPC */
export const MAX_ENDPOINTS = 30;

/** A network that the plugin makes with private subnets. */
export interface PrivateNetwork {
  way: PrivateWay;
  /** Endpoints beside those that the roles of the workers lead to, by the end of the name of their service. */
  endpoints: readonly string[];
}

/** Services whose endpoint is an entry in route tables, and costs nothing. */
export const GATEWAY_SERVICES: readonly string[] = ['s3', 'dynamodb'];

const same = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, [name]]));

/**
 * The endpoint services through which the actions of a service of IAM are called, as the ends of their names, where the two
 * are known to belong together. Empty: no endpoint is needed, since others make the calls, or the other end is in the VPC.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
 */
const ENDPOINTS_OF: Readonly<Record<string, readonly string[]>> = {
  ...same('s3', 'dynamodb', 'logs', 'sqs', 'sns', 'ecs', 'secretsmanager', 'ssm', 'ssmmessages'),
  ...same('athena', 'batch', 'comprehend', 'events', 'glue', 'lambda', 'polly', 'rds-data', 'redshift-data'),
  ...same(
    'rekognition',
    'states',
    'sts',
    'kms',
    'textract',
    'transcribe',
    'translate',
    'xray',
    'execute-api',
  ),
  // Layers of images come from S3: https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
  ecr: ['ecr.api', 'ecr.dkr', 's3'],
  cloudwatch: ['monitoring'],
  kinesis: ['kinesis-streams'],
  firehose: ['kinesis-firehose'],
  bedrock: ['bedrock-runtime'],
  // Roles are passed on to others.
  iam: [],
  elasticfilesystem: [],
  'rds-db': [],
};

/** What SQS, SNS, S3 and others ask KMS for whoever calls them. */
const ASKED_BY_OTHERS = /^kms:(Decrypt|Encrypt|ReEncrypt.*|GenerateDataKey.*|DescribeKey|CreateGrant)$/i;

/** The services of IAM to which these actions are sent: `s3` for `s3:GetObject`. */
export function servicesOf(actions: readonly string[]): string[] {
  const called = actions.filter((action) => !ASKED_BY_OTHERS.test(action));
  return [...new Set(called.map((action) => action.split(':')[0]!.toLowerCase()))];
}

/** @returns undefined if it is not known which endpoints a service of IAM has */
export const endpointsOf = (service: string): readonly string[] | undefined =>
  Object.hasOwn(ENDPOINTS_OF, service) ? ENDPOINTS_OF[service] : undefined;
