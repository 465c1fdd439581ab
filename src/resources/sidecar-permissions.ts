import type { TextOrIntrinsic } from '../config/configuration';
import { ecrOf } from '../config/registry';
import { hasLogGroupLines, routerOf } from '../config/sidecars';
import { arn, getAtt, select, sub, type Statement } from './cloudformation';
import { idOf, type ConfiguredWorker } from './subject';

/** What the sidecars do in AWS, with the role of the task. */
export function sidecarStatements(subject: ConfiguredWorker): Statement[] {
  const presets = new Set(subject.worker.sidecars.map(({ preset }) => preset));
  const router = routerOf(subject.worker);
  return [
    ...(presets.has('xray') || presets.has('adot') ? [TRACES] : []),
    ...(presets.has('adot') ? [COLLECTOR_METRICS] : []),
    ...(router !== undefined && hasLogGroupLines(subject.worker) ? [routeStatement(subject)] : []),
  ];
}

/**
 * As in AWS's AWSXRayDaemonWriteAccess. These actions take no resource.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
 */
const TRACES: Statement = {
  Sid: 'Traces',
  Effect: 'Allow',
  Action: [
    'xray:GetSamplingRules',
    'xray:GetSamplingStatisticSummaries',
    'xray:GetSamplingTargets',
    'xray:PutTelemetryRecords',
    'xray:PutTraceSegments',
  ],
  Resource: '*',
};

/** The group that the collector's own configuration for ECS writes metrics to, as lines of a log. */
const METRICS_GROUP = 'log-group:/aws/ecs/application/metrics';

const COLLECTOR_METRICS: Statement = {
  Sid: 'CollectorMetrics',
  Effect: 'Allow',
  Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
  Resource: [arn('logs', METRICS_GROUP), arn('logs', `${METRICS_GROUP}:*`)],
};

const routeStatement = (subject: ConfiguredWorker): Statement => ({
  Sid: 'RouteLog',
  Effect: 'Allow',
  Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  Resource: getAtt(idOf(subject, 'logGroup'), 'Arn'),
});

/** A repository, with a tag and a digest or without. */
const IMAGE_PATH = /^([^:@]+)(:[^@]*)?(@.*)?$/;

/** The ARN of the repository of an image; undefined if it is not in ECR. */
export function ecrRepositoryArn(image: string): TextOrIntrinsic | undefined {
  const { account, region, path } = ecrOf(image) ?? {};
  const [, name] = IMAGE_PATH.exec(path ?? '') ?? [];
  return name === undefined
    ? undefined
    : sub(`arn:\${AWS::Partition}:ecr:${region}:${account}:repository/${name}`);
}

/** The repositories from which ECS must pull the sidecars. */
export const sidecarRepositories = (subject: ConfiguredWorker): TextOrIntrinsic[] =>
  subject.worker.sidecars.flatMap<TextOrIntrinsic>(({ image }) => {
    if (image === undefined) return [];
    return (typeof image === 'string' ? ecrRepositoryArn(image) : repositoryOf(image, subject)) ?? [];
  });

/** What the address of an image in ECR has that no other has. */
const isOfEcr = (image: TextOrIntrinsic): boolean => JSON.stringify(image).includes('.dkr.ecr.');

/**
 * The repository of an image whose address a function gives: its parts by their places in
 * `ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME:TAG`.
 */
function repositoryOf(
  image: TextOrIntrinsic,
  { configuration }: ConfiguredWorker,
): TextOrIntrinsic | undefined {
  const { region, resources } = configuration.context;
  const isOwn = Object.keys(resources).some(
    (id) => resources[id]!.type === ECR_REPOSITORY && JSON.stringify(image).includes(id),
  );
  if (!isOwn && !isOfEcr(image)) return undefined;
  const host = region.startsWith('cn-') ? '.amazonaws.com.cn/' : '.amazonaws.com/';
  const split = (separator: string, text: unknown) => ({ 'Fn::Split': [separator, text] });
  const [before, behind] = [0, 1].map((index) => select(index, split(host, image)));
  return sub('arn:${AWS::Partition}:ecr:${Region}:${Account}:repository/${Name}', {
    Region: select(3, split('.', before)),
    Account: select(0, split('.', before)),
    Name: select(0, split('@', select(0, split(':', behind)))),
  });
}

const ECR_REPOSITORY = 'AWS::ECR::Repository';
