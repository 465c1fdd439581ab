import type { Firelens, Port } from './sidecars';

/** Sidecars that people use, by a word. */
export const PRESET_NAMES = ['xray', 'adot', 'datadog', 'fluent-bit'] as const;
export type PresetName = (typeof PRESET_NAMES)[number];

export interface Preset {
  /** For people. */
  title: string;
  image: string;
  command?: readonly string[];
  environment?: Readonly<Record<string, string>>;
  ports: readonly Port[];
  cpu: number;
  /** MiB. */
  memory: number;
  healthCommand?: readonly string[];
  /** Whether it runs with a root that it cannot write to. */
  isReadOnly: boolean;
  /** A folder in memory, where it must write something nevertheless. */
  scratch?: string;
  user?: string;
  firelens?: Firelens;
  /** A variable without which it does nothing. */
  needs?: string;
}

const tcp = (number: number): Port => ({ number, protocol: 'tcp' });
const udp = (number: number): Port => ({ number, protocol: 'udp' });

export const PRESETS: Readonly<Record<PresetName, Preset>> = {
  /**
   * The size is that of AWS's own example. The image has nothing but the daemon: no check can be run in it.
   * https://docs.aws.amazon.com/xray/latest/devguide/xray-daemon-ecs.html
   */
  xray: {
    title: 'the X-Ray daemon',
    image: 'public.ecr.aws/xray/aws-xray-daemon:3.x',
    ports: [udp(2000), tcp(2000)],
    cpu: 32,
    memory: 256,
    isReadOnly: true,
  },
  /**
   * With the configuration that its image has for ECS: OTLP, X-Ray and StatsD in; X-Ray and metrics of CloudWatch out.
   * https://github.com/aws-observability/aws-otel-collector/blob/main/config/ecs/ecs-default-config.yaml
   */
  adot: {
    title: 'the AWS Distro for OpenTelemetry collector',
    image: 'public.ecr.aws/aws-observability/aws-otel-collector:v0.47.0',
    command: ['--config=/etc/ecs/ecs-default-config.yaml'],
    ports: [tcp(4317), tcp(4318), udp(2000), tcp(2000), udp(8125), tcp(13_133)],
    cpu: 64,
    memory: 256,
    healthCommand: ['/healthcheck'],
    isReadOnly: true,
    scratch: '/tmp',
  },
  /** https://docs.datadoghq.com/integrations/ecs_fargate/ */
  datadog: {
    title: 'the Datadog agent',
    image: 'public.ecr.aws/datadog/agent:7',
    environment: { DD_APM_ENABLED: 'true' },
    ports: [udp(8125), tcp(8126)],
    cpu: 100,
    memory: 512,
    healthCommand: ['agent', 'health'],
    // With such a root, the agent needs folders that another container fills before.
    isReadOnly: false,
    needs: 'DD_API_KEY',
  },
  /** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_firelens.html */
  'fluent-bit': {
    title: 'AWS for Fluent Bit',
    image: 'public.ecr.aws/aws-observability/aws-for-fluent-bit:stable',
    ports: [tcp(24_224), tcp(8877)],
    cpu: 32,
    memory: 128,
    // The agent of ECS and the outputs give it files.
    isReadOnly: false,
    user: '0',
    firelens: {
      type: 'fluentbit',
      options: { 'enable-ecs-log-metadata': 'true' },
      cloudWatch: true,
      outputs: [],
    },
  },
};
