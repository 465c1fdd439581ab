import { runPython } from './python';

export interface Finding {
  file: string;
  /** `E…` is an error, `W…` a warning, `I…` a piece of advice. */
  rule: string;
  message: string;
  /** Path in the template, such as `Resources/WatchbotTask/Properties/Cpu`. */
  path: string;
}

/** A rule that the templates break on purpose, at the paths that match. */
export interface Waiver {
  rule: string;
  path?: RegExp;
  reason: string;
}

const WAIVERS: readonly Waiver[] = [
  {
    rule: 'I3011',
    path: /^Resources\/\w+(Queue|LogGroup|SidecarLog|ProgressTable)$/,
    reason:
      'queues, logs and progress go with the service: what is left of them would stop the next deploy under that name',
  },
  {
    rule: 'I3011',
    path: /^Resources\/\w+SenderSecret$/,
    reason: 'the key in it is void once its user is gone',
  },
  {
    rule: 'W6001',
    path: /^Outputs\/(ClusterArn|\w+QueueUrl|\w+TopicArn)\//,
    reason:
      "what the user imports, where that is a cluster, a queue or a topic: tools look for it in this stack's outputs",
  },
  {
    rule: 'I4010',
    reason: 'notes for other tools in `Metadata`; the template is written by a program',
  },
  {
    rule: 'I1022',
    path: /^(Resources\/(ServerlessDeploymentBucket|\w+LambdaPermissionHttpApi)|Outputs\/HttpApiUrl\/)/,
    reason: "the framework's own",
  },
  {
    rule: 'W3005',
    path: /^Resources\/HttpApiRoute/,
    reason: "the framework's own",
  },
  {
    rule: 'W2531',
    path: /^Resources\/HelloLambdaFunction\//,
    reason: "the user's own function; both frameworks know its runtime, and Lambda still takes it",
  },
];

/**
 * Runs cfn-lint with all its rules on the templates. Pass many at once: the process takes a second to start, and then a
 * sixth of a second for each template.
 */
export function lintTemplates(files: readonly string[]): Promise<Finding[]> {
  return runPython<Finding[]>('lint.py', files);
}

const isWaived = ({ rule, path }: Finding, waiver: Waiver) =>
  waiver.rule === rule && (waiver.path?.test(path) ?? true);

/** Findings that no waiver covers. */
export function unwaived(findings: readonly Finding[], waivers: readonly Waiver[] = WAIVERS): Finding[] {
  return findings.filter((finding) => !waivers.some((waiver) => isWaived(finding, waiver)));
}

/** Waivers that no longer cover a finding. */
export function unused(findings: readonly Finding[], waivers: readonly Waiver[] = WAIVERS): Waiver[] {
  return waivers.filter((waiver) => !findings.some((finding) => isWaived(finding, waiver)));
}
