import { describe, expect, it } from '@jest/globals';
import { LAUNCH_TYPES } from '../../src/config/capacity';
import { compressionOf } from '../../src/image/compression';

const build = { engine: undefined, compression: undefined, nodeImage: 'node:24' };
const on = (launchType: (typeof LAUNCH_TYPES)[number]) => ({ capacity: { launchType } });
const registryOf = (name: string) => ({ name, credentials: undefined });

describe('the compression of an image', () => {
  // https://github.com/aws/amazon-ecs-agent/issues/4179: an instance whose Docker is older than 23 cannot pull zstd.
  it.each([
    { launchType: 'FARGATE', compression: 'zstd' },
    { launchType: 'MANAGED_INSTANCES', compression: 'zstd' },
    { launchType: 'EC2', compression: 'gzip' },
  ] as const)('in the ECR of the stack is $compression on $launchType', ({ launchType, compression }) => {
    expect(compressionOf(on(launchType), { build, registry: undefined })).toBe(compression);
  });

  it.each([
    { name: 'ghcr.io/acme', compression: 'zstd' },
    { name: 'docker.io/acme', compression: 'zstd' },
    { name: 'public.ecr.aws/acme', compression: 'zstd' },
    { name: '123456789012.dkr.ecr.eu-west-1.amazonaws.com', compression: 'zstd' },
    { name: '123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/tiles', compression: 'zstd' },
    { name: '123456789012.dkr-ecr.eu-west-1.on.aws', compression: 'zstd' },
    { name: 'registry.example.com/acme', compression: 'gzip' },
    { name: 'ghcr.io.example.com/acme', compression: 'gzip' },
    { name: 'localhost:5000', compression: 'gzip' },
  ])('in $name is $compression', ({ name, compression }) => {
    expect(compressionOf(on('FARGATE'), { build, registry: registryOf(name) })).toBe(compression);
  });

  it.each(['zstd', 'gzip'] as const)('is %s everywhere if the user says so', (compression) => {
    const given = { build: { ...build, compression }, registry: registryOf('registry.example.com') };
    for (const type of LAUNCH_TYPES) expect(compressionOf(on(type), given)).toBe(compression);
  });
});
