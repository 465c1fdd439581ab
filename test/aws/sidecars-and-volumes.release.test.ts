import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileSystemAccessId } from '../../src/config/logical-ids';
import { clientsFor, physicalIds, TestService } from '../helpers/deployed';
import { endFrameworks } from '../helpers/framework';
import { startMoto, type Moto } from '../helpers/moto';
import { callJson } from '../helpers/moto-call';
import { describeWithPython } from '../helpers/python';

const REGION = 'eu-west-1';
const LIMIT_MS = 200_000;

/** A file system of the service in the network that the plugin makes, with all that a worker can mount on Fargate, and containers beside it. */
const SERVICE = `
service: films
provider: { name: aws, region: ${REGION} }
plugins: [serverless-watchbot]
watchbot:
  command: ./catalogue
  volumes:
    archive: { efs: !Ref Archive, accessPoint: !Ref Films, path: /archive, securityGroup: !GetAtt Group.GroupId }
    scratch: { ebs: 500GB, path: /scratch }
    shared: { path: /shared }
  cpu: 1024
  memory: 2048
  sidecars:
    otel: adot
    logs: fluent-bit
    proxy:
      image: 'envoyproxy/envoy:v1.31.5'
      ports: [15000]
      memory: 128
      mounts: { /sockets: shared }
      dependsOn: { otel: START }
resources:
  Resources:
    Archive: { Type: 'AWS::EFS::FileSystem', DeletionPolicy: Retain, UpdateReplacePolicy: Retain }
    Films: { Type: 'AWS::EFS::AccessPoint', Properties: { FileSystemId: !Ref Archive } }
    Target:
      Type: AWS::EFS::MountTarget
      Properties:
        FileSystemId: !Ref Archive
        SubnetId: !Ref WatchbotSubnet1
        SecurityGroups: [!GetAtt Group.GroupId]
    Group:
      Type: AWS::EC2::SecurityGroup
      Properties: { GroupDescription: The film archive, VpcId: !Ref WatchbotVpc }
`;

interface Deployed {
  volumes: { name: string }[];
  containerDefinitions: {
    name: string;
    essential: boolean;
    mountPoints?: { sourceVolume: string; containerPath: string }[];
    dependsOn?: { containerName: string; condition: string }[];
    logConfiguration?: { logDriver: string };
    firelensConfiguration?: { type: string };
  }[];
}

describeWithPython('a service with sidecars and volumes', () => {
  let moto: Moto;
  let service: TestService;
  let ids: Map<string, string>;

  beforeAll(async () => {
    moto = await startMoto();
    service = new TestService(moto, 'minimal');
    writeFileSync(path.join(service.folder, 'serverless.yml'), SERVICE);
    const { code, output } = await service.run(['deploy']);
    if (code !== 0) throw new Error(output);
    ids = await physicalIds(clientsFor(moto, REGION).cloudFormation, 'films-dev');
  }, LIMIT_MS);
  afterAll(async () => {
    await endFrameworks();
    service.remove();
    await moto.stop();
  });

  const deployed = async () =>
    (
      await callJson<{ taskDefinition: Deployed }>(moto, {
        region: REGION,
        target: 'AmazonEC2ContainerServiceV20141113.DescribeTaskDefinition',
        input: { taskDefinition: ids.get('WatchbotTask') },
      })
    ).taskDefinition;

  // Moto's CloudFormation forgets what a volume is; test/aws/api.release.test.ts asks its API.
  it('is deployed with its file system, its disk and its folder', async () => {
    const { volumes } = await deployed();
    expect(volumes.map(({ name }) => name)).toEqual(['mount-1', 'archive', 'scratch', 'shared']);
    expect([...ids.keys()]).toEqual(
      expect.arrayContaining([
        'Target',
        'WatchbotInfrastructureRole',
        fileSystemAccessId({ 'Fn::GetAtt': ['Group', 'GroupId'] }),
      ]),
    );
  });

  it('is deployed with its sidecars behind the watcher, which waits for them and logs through one', async () => {
    const [watcher, ...sidecars] = (await deployed()).containerDefinitions;
    expect(watcher).toMatchObject({
      name: 'watchbot',
      essential: true,
      logConfiguration: { logDriver: 'awsfirelens' },
      dependsOn: [
        { containerName: 'otel', condition: 'START' },
        { containerName: 'logs', condition: 'START' },
        { containerName: 'proxy', condition: 'START' },
      ],
    });
    expect(sidecars).toMatchObject([
      { name: 'otel', essential: false, logConfiguration: { logDriver: 'awslogs' } },
      { name: 'logs', firelensConfiguration: { type: 'fluentbit' } },
      {
        name: 'proxy',
        mountPoints: [{ sourceVolume: 'shared', containerPath: '/sockets' }],
        dependsOn: [{ containerName: 'otel', condition: 'START' }],
      },
    ]);
    expect(ids.has('WatchbotSidecarLog')).toBe(true);
  });
});
