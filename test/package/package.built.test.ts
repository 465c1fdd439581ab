import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import {
  copyService,
  emptyService,
  endFrameworks,
  FRAMEWORK_NAMES,
  readTemplate,
  removeServices,
  ROOT,
  runFramework,
  startFramework,
  type PackagedTemplate,
} from '../helpers/framework';

/** Layer of the built plugin. */
const LAYER = path.join(ROOT, 'dist/layer');

afterEach(endFrameworks);
afterAll(removeServices);

async function packaged(folder: string, framework = FRAMEWORK_NAMES[0]!, run = runFramework) {
  const { code, output } = await run(framework, ['package'], { folder });
  if (code !== 0) throw new Error(output);
  return readTemplate(folder);
}

/** Runs a command in a new process, as a user does. */
const runAlone: typeof runFramework = (...parts) => startFramework(...parts).ended;

const typesOf = ({ Resources }: PackagedTemplate) =>
  Object.fromEntries(
    Object.entries(Resources)
      .filter(([id]) => !id.startsWith('Serverless'))
      .map(([id, { Type }]) => [id, Type]),
  );

const container = ({ Resources }: PackagedTemplate, id: string) =>
  (Resources[id]!.Properties.ContainerDefinitions as [Record<string, unknown>])[0];

const imageTag = (template: PackagedTemplate, id = 'WatchbotTask') =>
  /:([0-9a-f]{20})$/.exec((container(template, id).Image as { 'Fn::Sub': string })['Fn::Sub'])![1];

/** Without a worker, and with much else whose names a worker's resources could meet. */
const OWNERS_SERVICE = `service: added-worker
provider:
  name: aws
  region: us-east-1
  runtime: nodejs20.x
  environment: { ORDERS: !Ref Orders }
  tags: { team: shop }
  logRetentionInDays: 7
  iam: { role: { statements: [{ Effect: Allow, Action: 'dynamodb:PutItem', Resource: !GetAtt Orders.Arn }] } }
plugins: [serverless-watchbot]
package: { patterns: ['!node_modules/**'] }
functions:
  order:
    handler: api/orders.create
    events:
      - httpApi: POST /orders
      - sqs: { arn: !GetAtt Votes.Arn }
      - schedule: rate(1 day)
      - s3: photos-of-the-shop
resources:
  Resources:
    Orders:
      Type: AWS::DynamoDB::Table
      Properties:
        BillingMode: PAY_PER_REQUEST
        AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]
        KeySchema: [{ AttributeName: id, KeyType: HASH }]
    Votes: { Type: AWS::SQS::Queue }
    Cluster: { Type: AWS::ECS::Cluster }
  Outputs:
    QueueUrl: { Value: !Ref Votes }
    ClusterArn: { Value: !GetAtt Cluster.Arn, Export: { Name: cluster-arn } }
`;

/** The framework puts what it uploads below the time at which it was packaged. */
const withoutTimes = (resources: PackagedTemplate['Resources']) =>
  JSON.parse(JSON.stringify(resources).replace(/\/\d{13}-[^/]+\//g, '/TIME/')) as typeof resources;

describe.each(FRAMEWORK_NAMES)('%s package', (framework) => {
  it('says in one line what functions have of the provider, and workers do not', async () => {
    const folder = copyService('minimal');
    const file = path.join(folder, 'serverless.yml');
    const more = 'provider:\n  memorySize: 1024\n  environment: { TABLE: votes }\n  name: aws';
    const text = readFileSync(file, 'utf8').replace(/^provider: \{ name: aws(.*) \}$/m, more);
    writeFileSync(file, text);
    const { output } = await runFramework(framework, ['package'], { folder });
    expect(output.match(/Of `provider`.*/g)).toEqual([
      'Of `provider`, workers do not take memorySize (`memory`), environment (`providerEnvironment: true` takes it): these are for functions',
    ]);
  });

  it("leaves all else of the owner's service as it is when a worker is added", async () => {
    const folder = emptyService('added-worker');
    mkdirSync(path.join(folder, 'api'));
    writeFileSync(path.join(folder, 'api/orders.js'), 'exports.create = async () => undefined;\n');
    const ofOwner = async (section: string) => {
      writeFileSync(path.join(folder, 'serverless.yml'), OWNERS_SERVICE + section);
      const { Resources, Outputs } = (await packaged(folder, framework)).template;
      return { Resources: withoutTimes(Resources), Outputs };
    };
    const before = await ofOwner('');
    const after = await ofOwner(
      'watchbot: { image: { uri: registry.example.com/worker:1 }, command: ./work.sh }\n',
    );
    const kept = <Value>(all: Record<string, Value>, of: object) =>
      Object.fromEntries(Object.entries(all).filter(([name]) => name in of));
    expect(kept(after.Resources, before.Resources)).toEqual(before.Resources);
    expect(kept(after.Outputs, before.Outputs)).toEqual(before.Outputs);
    expect(Object.keys(before.Resources)).toEqual(
      expect.arrayContaining(['OrderLambdaFunction', 'IamRoleLambdaExecution', 'HttpApi', 'Orders', 'Votes']),
    );
    expect(after.Resources).toHaveProperty('WatchbotService');
  });

  it('makes everything that a worker needs from one line of configuration, offline', async () => {
    const { template } = await packaged(copyService('minimal'), framework, runAlone);

    expect(typesOf(template)).toEqual({
      WatchbotVpc: 'AWS::EC2::VPC',
      WatchbotInternetGateway: 'AWS::EC2::InternetGateway',
      WatchbotInternetGatewayAttachment: 'AWS::EC2::VPCGatewayAttachment',
      WatchbotRouteTable: 'AWS::EC2::RouteTable',
      WatchbotDefaultRoute: 'AWS::EC2::Route',
      WatchbotSubnet1: 'AWS::EC2::Subnet',
      WatchbotSubnet1Route: 'AWS::EC2::SubnetRouteTableAssociation',
      WatchbotSubnet2: 'AWS::EC2::Subnet',
      WatchbotSubnet2Route: 'AWS::EC2::SubnetRouteTableAssociation',
      WatchbotSecurityGroup: 'AWS::EC2::SecurityGroup',
      WatchbotCluster: 'AWS::ECS::Cluster',
      WatchbotClusterCapacity: 'AWS::ECS::ClusterCapacityProviderAssociations',
      WatchbotQueue: 'AWS::SQS::Queue',
      WatchbotDeadLetterQueue: 'AWS::SQS::Queue',
      WatchbotTopic: 'AWS::SNS::Topic',
      WatchbotQueueSubscription: 'AWS::SNS::Subscription',
      WatchbotQueuePolicy: 'AWS::SQS::QueuePolicy',
      WatchbotLogGroup: 'AWS::Logs::LogGroup',
      WatchbotTaskRole: 'AWS::IAM::Role',
      WatchbotExecutionRole: 'AWS::IAM::Role',
      WatchbotTask: 'AWS::ECS::TaskDefinition',
      WatchbotService: 'AWS::ECS::Service',
      WatchbotAwakeRole: 'AWS::IAM::Role',
      WatchbotAwakeSchedule: 'AWS::Scheduler::Schedule',
      WatchbotPlacementRule: 'AWS::Events::Rule',
      WatchbotPlacementAlarm: 'AWS::CloudWatch::Alarm',
      WatchbotDeploymentRule: 'AWS::Events::Rule',
      WatchbotDeploymentAlarm: 'AWS::CloudWatch::Alarm',
      WatchbotScalingTarget: 'AWS::ApplicationAutoScaling::ScalableTarget',
      WatchbotScaleUp: 'AWS::ApplicationAutoScaling::ScalingPolicy',
      WatchbotScaleUpTrigger: 'AWS::CloudWatch::Alarm',
      WatchbotScaleDown: 'AWS::ApplicationAutoScaling::ScalingPolicy',
      WatchbotScaleDownTrigger: 'AWS::CloudWatch::Alarm',
      WatchbotDeadLetterAlarm: 'AWS::CloudWatch::Alarm',
      WatchbotDeadLetterGrowthAlarm: 'AWS::CloudWatch::Alarm',
      WatchbotDeadLetterAgeAlarm: 'AWS::CloudWatch::Alarm',
      WatchbotWorkerErrorsMetric: 'AWS::Logs::MetricFilter',
      WatchbotMessageReceivesMetric: 'AWS::Logs::MetricFilter',
      WatchbotWorkerDurationMetric: 'AWS::Logs::MetricFilter',
      WatchbotResponseDurationMetric: 'AWS::Logs::MetricFilter',
      WatchbotDashboard: 'AWS::CloudWatch::Dashboard',
      WatchbotWorkerErrorsAlarm: 'AWS::CloudWatch::Alarm',
      WatchbotQueueSizeAlarm: 'AWS::CloudWatch::Alarm',
      WatchbotMemoryAlarm: 'AWS::CloudWatch::Alarm',
      WatchbotCpuAlarm: 'AWS::CloudWatch::Alarm',
    });
    expect(Object.keys(template.Outputs)).toEqual(
      expect.arrayContaining([
        'ClusterArn',
        'WatchbotQueueUrl',
        'WatchbotDeadLetterQueueUrl',
        'WatchbotTopicArn',
        'WatchbotLogGroup',
      ]),
    );
  });

  it('gives the same bytes twice', async () => {
    const folder = copyService('two-workers');
    const first = await packaged(folder, framework);
    const second = await packaged(folder, framework);
    expect(second.text).toBe(first.text);
  });

  it('works beside functions', async () => {
    const folder = copyService('with-functions');
    const { template } = await packaged(folder, framework);
    expect(typesOf(template)).toMatchObject({
      HelloLambdaFunction: 'AWS::Lambda::Function',
      WatchbotService: 'AWS::ECS::Service',
    });
    expect(existsSync(path.join(folder, '.serverless/with-functions.zip'))).toBe(true);
  });

  it('is not changed by the plugin if there is no watchbot section', async () => {
    const folder = copyService('without-section');
    const { code, output } = await runFramework(framework, ['package'], { folder });
    const withPlugin = readTemplate(folder);
    const file = path.join(folder, 'serverless.yml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('plugins: [serverless-watchbot]\n', ''));
    const withoutPlugin = await packaged(folder, framework);

    expect(code).toBe(0);
    expect(output).not.toMatch(/watchbot|warning/i);
    expect(withPlugin.text).toBe(withoutPlugin.text);
    expect(readdirSync(path.join(folder, '.serverless'))).not.toContain('watchbot');
  });

  it('refuses an invalid section, lists all errors, and writes nothing', async () => {
    const folder = copyService('minimal');
    await packaged(folder, framework);
    const before = readTemplate(folder).text;
    appendFileSync(
      path.join(folder, 'serverless.yml'),
      '  comand: x\n  cpu: 300\n  scaling: { min: 3, max: 2 }\n',
    );

    const { code, output } = await runAlone(framework, ['package'], { folder });

    expect(code).toBe(1);
    expect(output).toContain('The watchbot section has 3 errors:');
    expect(output).toContain('WATCHBOT_UNKNOWN_KEY at watchbot.comand');
    expect(output).toContain('did you mean "command"?');
    expect(output).toContain('WATCHBOT_FARGATE_SIZE at watchbot.cpu');
    expect(output).toContain('WATCHBOT_CONTRADICTION at watchbot.scaling.min');
    expect(output).toContain('/docs/troubleshooting.md#watchbot_configuration');
    expect(output).not.toMatch(/^\s+at .*\.js:\d+/m);
    expect(readTemplate(folder).text).toBe(before);
  });
});

describe('package', () => {
  it('makes the same template with every framework', async () => {
    const [first, second] = await Promise.all(
      FRAMEWORK_NAMES.map((framework) => packaged(copyService('two-workers'), framework)),
    );
    const own = ({ template }: { template: PackagedTemplate }) =>
      Object.entries(template.Resources).filter(([id]) => !id.startsWith('Serverless'));
    expect(own(first!)).toEqual(own(second!));
  });

  it('is complete: it has the watcher and the build context of the image', async () => {
    const folder = copyService('minimal');
    writeFileSync(path.join(folder, '.dockerignore'), 'node_modules\nsecret\n');
    writeFileSync(path.join(folder, 'secret'), '');
    writeFileSync(path.join(folder, 'program'), '');
    await packaged(folder);

    const files = (name: string) => readdirSync(path.join(folder, '.serverless/watchbot', name)).sort();
    const launchers = readdirSync(LAYER).filter((name) => name.startsWith('launcher'));
    expect(files('layer')).toEqual([
      'health.js',
      'health.js.map',
      ...launchers.sort(),
      'package.json',
      'progress.js',
      'progress.js.map',
      'runtime.js',
      'runtime.js.map',
      'watchbot-progress.sh',
      'watcher.js',
      'watcher.js.map',
    ]);
    for (const name of [...launchers, 'watchbot-progress.sh']) {
      expect(statSync(path.join(folder, '.serverless/watchbot/layer', name)).mode & 0o111).toBe(0o111);
    }
    expect(files('images/watchbot/context')).toEqual([
      '.dockerignore',
      'Dockerfile',
      'program',
      'serverless.yml',
    ]);
  });

  it.each([
    {
      name: 'a resource',
      yml: 'resources:\n  Resources:\n    WatchbotQueue: { Type: AWS::SQS::Queue }\n',
      message: 'WATCHBOT_RESOURCE_EXISTS at resources.Resources.WatchbotQueue',
    },
    {
      name: 'an extension',
      yml: 'resources:\n  extensions:\n    WatchbotTask: { Properties: { ContainerDefinitions: [{ Name: xray }] } }\n',
      message: 'WATCHBOT_WATCHER_LOST at Resources.WatchbotTask.Properties.ContainerDefinitions',
    },
  ])('refuses $name of the user that takes the place of its own', async ({ yml, message }) => {
    const folder = copyService('minimal');
    appendFileSync(path.join(folder, 'serverless.yml'), yml);
    const { code, output } = await runFramework('osls', ['package'], { folder });
    expect(code).toBe(1);
    expect(output).toContain(message);
  });

  it('packages a worker beside a function of its name, and an output of the user beside its own', async () => {
    const folder = copyService('minimal');
    writeFileSync(path.join(folder, 'handler.zip'), '');
    appendFileSync(
      path.join(folder, 'serverless.yml'),
      `package: { artifact: handler.zip }
functions: { watchbot: { handler: handler.run, runtime: nodejs20.x } }
resources: { Outputs: { ClusterArn: { Value: mine } } }
`,
    );
    const { code, output } = await runFramework('osls', ['package'], { folder });
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toContain("Output ClusterArn is the service's own: the plugin's is left out");
    const { Resources, Outputs } = readTemplate(folder).template;
    expect(Outputs.ClusterArn).toEqual({ Value: 'mine' });
    expect(Resources.WatchbotLogGroup!.Properties.LogGroupName).toBe('/aws/lambda/minimal-dev-watchbot');
    expect(Resources.WatchbotWatchbotLogGroup!.Properties.LogGroupName).toBe(
      'minimal-dev-eu-west-1-watchbot',
    );
  });

  it.each([
    { yml: '  image: nowhere\n', given: 'nowhere' },
    { yml: '  image: { path: ., dockerfile: Other }\n', given: 'Other, which is not there' },
    { yml: '  image: { path: ., dockerfile: ../Other }\n', given: '../Other\n' },
    { yml: '  image: { path: ., dockerfile: /etc/hostname }\n', given: '/etc/hostname\n' },
    { yml: '  image: { path: ., dockerfile: link }\n', given: 'link\n' },
  ])('refuses an image that cannot be built: $given', async ({ yml, given }) => {
    const folder = copyService('minimal');
    symlinkSync('/etc/hostname', path.join(folder, 'link'));
    appendFileSync(path.join(folder, 'serverless.yml'), yml);
    const { code, output } = await runFramework('osls', ['package'], { folder });
    expect(code).toBe(1);
    expect(output).toContain('WATCHBOT_IMAGE at watchbot image of worker watchbot');
    expect(output).toContain(`given:   ${given}`);
  });

  it('works for the service at the root of this checkout', async () => {
    const { code } = await runAlone('osls', ['package'], { folder: ROOT });
    expect(code).toBe(0);
    expect(typesOf(readTemplate(ROOT).template)).toMatchObject({ WatchbotService: 'AWS::ECS::Service' });
  });
});

describe('a package in another folder', () => {
  it('is the same if it is made again, and if its folder is inside the build context', async () => {
    const folder = copyService('minimal');
    writeFileSync(path.join(folder, 'Dockerfile'), 'FROM scratch\nCOPY . /\n');
    mkdirSync(path.join(folder, 'deep'));
    symlinkSync('../Dockerfile', path.join(folder, 'deep/link'));
    symlinkSync('/nowhere', path.join(folder, 'dangling'));
    const lists: string[] = [];
    for (const args of [['--package', 'out'], ['--package', 'out'], []]) {
      // Without --package, the plugin could not know that this folder is a package.
      if (args.length === 0) rmSync(path.join(folder, 'out'), { recursive: true });
      const { code, output } = await runFramework('osls', ['package', ...args], { folder });
      expect({ code, output }).toMatchObject({ code: 0 });
      const packaged = path.join(folder, args[1] ?? '.serverless', 'watchbot');
      lists.push(readFileSync(path.join(packaged, 'images.json'), 'utf8'));
      expect(readdirSync(path.join(packaged, 'images/watchbot/context'))).not.toContain('out');
    }
    expect(new Set(lists).size).toBe(1);
  });
});

describe('the tag of an image', () => {
  const folder = copyService('minimal');
  const tagNow = async () => imageTag((await packaged(folder)).template);
  const file = (name: string) => path.join(folder, name);

  it('is a hash of what goes into the image, and of nothing else', async () => {
    writeFileSync(file('.dockerignore'), 'ignored\nnode_modules\n');
    writeFileSync(file('program'), 'one');
    const first = await tagNow();

    const elsewhere = copyService('minimal');
    cpSync(file('.dockerignore'), path.join(elsewhere, '.dockerignore'));
    writeFileSync(path.join(elsewhere, 'program'), 'one', { mode: 0o600 });
    expect(imageTag((await packaged(elsewhere)).template)).toBe(first);

    utimesSync(file('program'), new Date(0), new Date(0));
    writeFileSync(file('ignored'), 'anything');
    mkdirSync(file('.git'));
    writeFileSync(file('.git/HEAD'), 'a commit');
    expect(await tagNow()).toBe(first);

    writeFileSync(file('program'), 'two');
    const second = await tagNow();
    expect(second).not.toBe(first);

    writeFileSync(file('another'), '');
    expect(await tagNow()).not.toBe(second);
    rmSync(file('another'));
    chmodSync(file('program'), 0o755);
    expect(await tagNow()).not.toBe(second);
    chmodSync(file('program'), 0o644);
    expect(await tagNow()).toBe(second);
  });
});
