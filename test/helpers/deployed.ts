import { CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import { ECRClient } from '@aws-sdk/client-ecr';
import { IAMClient } from '@aws-sdk/client-iam';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  copyServiceTo,
  readTemplate,
  ROOT,
  runFramework,
  startFramework,
  type Framework,
  type FrameworkRun,
  type PackagedTemplate,
} from './framework';
import type { Moto } from './moto';
import { callEc2, callJson } from './moto-call';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

export const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };

export interface EngineCall {
  args: string[];
  /** What the engine read from standard input. */
  input?: string;
  /** Names of the symbolic links in the build context. */
  links?: string[];
}

/** A service in its own folder, with a fake engine that records its calls. */
export class TestService {
  readonly folder: string;
  readonly record: string;
  /** Folder for everything that the service and its tests write. */
  readonly base: string;
  /** Folder for temporary files of the service's commands. */
  readonly temporary: string;
  private readonly moto: Pick<Moto, 'endpoint'>;
  private readonly framework: Framework;

  /** @param name a fixture, or `example` for the service at the root of the checkout */
  constructor(
    moto: Pick<Moto, 'endpoint'>,
    name: string,
    {
      framework = 'osls',
      copyTo = copyFixture,
    }: { framework?: Framework; copyTo?: (name: string, folder: string) => void } = {},
  ) {
    this.moto = moto;
    this.framework = framework;
    this.base = mkdtempSync(path.join(tmpdir(), 'watchbot-deploy-'));
    this.folder = path.join(this.base, 'service');
    this.record = path.join(this.base, 'record.jsonl');
    this.temporary = path.join(this.base, 'tmp');
    for (const folder of [this.folder, this.temporary, this.bin]) mkdirSync(folder);
    copyTo(name, this.folder);
    symlinkSync(process.execPath, path.join(this.bin, 'node'));
    this.addEngine('docker');
  }

  private get bin(): string {
    return path.join(this.base, 'bin');
  }

  /** Makes a fake engine of this name. Commands of the service do not find the engines of the machine. */
  addEngine(name: string): void {
    symlinkSync(path.join(__dirname, 'fake-engine.mjs'), path.join(this.bin, name));
  }

  removeEngine(name: string): void {
    rmSync(path.join(this.bin, name));
  }

  /** Changes the name of the service. Call it before a deploy. */
  rename(name: string): void {
    const file = path.join(this.folder, 'serverless.yml');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^service: .*$/m, `service: ${name}`));
  }

  start(args: string[], environment: Record<string, string | undefined> = {}): FrameworkRun {
    return startFramework(this.framework, args, this.options(environment));
  }

  async run(args: string[], environment: Record<string, string | undefined> = {}) {
    const { code, output } = await runFramework(this.framework, args, this.options(environment));
    return { code, output: withoutProgress(output) };
  }

  private options(environment: Record<string, string | undefined>) {
    return {
      folder: this.folder,
      environment: {
        PATH: this.bin,
        HOME: this.base,
        TMPDIR: this.temporary,
        AWS_ENDPOINT_URL: this.moto.endpoint,
        ...CREDENTIALS,
        ENGINE_RECORD: this.record,
        // How often the framework asks for the state of a stack, in ms.
        SLS_AWS_MONITORING_FREQUENCY: '100',
        ...environment,
      },
    };
  }

  get template(): PackagedTemplate {
    return readTemplate(this.folder).template;
  }

  /** @returns the calls of the engine since the last call of this function */
  engineCalls(): EngineCall[] {
    const text = readFileSync(this.record, { encoding: 'utf8', flag: 'a+' });
    rmSync(this.record);
    return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as EngineCall]));
  }

  remove(): void {
    rmSync(this.base, { recursive: true, force: true });
  }
}

/** Removes progress lines, which are written again and again, and escape sequences. */
function withoutProgress(output: string): string {
  const spinner = /^[⠀-⣿] /;
  return (
    output
      .split('\n')
      // eslint-disable-next-line no-control-regex -- matches escape sequences
      .map((line) => line.replaceAll(/\u001b\[[0-9;]*[A-Za-z]/g, ''))
      .filter((line) => !spinner.test(line))
      .join('\n')
  );
}

function copyFixture(name: string, folder: string): void {
  if (name !== 'example') return void copyServiceTo(name, folder);
  for (const name of ['serverless.yml', 'example-service']) {
    cpSync(path.join(ROOT, name), path.join(folder, name), { recursive: true });
  }
  mkdirSync(path.join(folder, 'node_modules'));
  symlinkSync(ROOT, path.join(folder, 'node_modules/serverless-watchbot'));
}

export function clientsFor({ endpoint }: Moto, region: string) {
  const settings = {
    endpoint,
    region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    useQueueUrlAsEndpoint: false,
  };
  return {
    sqs: new SQSClient(settings),
    sns: new SNSClient(settings),
    ecr: new ECRClient(settings),
    iam: new IAMClient(settings),
    cloudFormation: new CloudFormationClient(settings),
  };
}

export interface RegisteredContainer {
  image: string;
  entryPoint: string[];
  command: string[];
  environment: { name: string; value: string }[];
}

/** The container of a registered task definition. */
export async function registeredContainer(
  moto: Moto,
  region: string,
  taskDefinition: string | undefined,
): Promise<RegisteredContainer> {
  const answer = await callJson<{ taskDefinition: { containerDefinitions: RegisteredContainer[] } }>(moto, {
    region,
    target: 'AmazonEC2ContainerServiceV20141113.DescribeTaskDefinition',
    input: { taskDefinition },
  });
  return answer.taskDefinition.containerDefinitions[0]!;
}

/** The physical ID of each resource of a stack, by logical ID. */
export async function physicalIds(client: CloudFormationClient, stackName: string) {
  const ids = new Map<string, string>();
  for await (const page of paginateListStackResources({ client }, { StackName: stackName })) {
    for (const { LogicalResourceId, PhysicalResourceId } of page.StackResourceSummaries ?? []) {
      if (PhysicalResourceId !== undefined) ids.set(LogicalResourceId!, PhysicalResourceId);
    }
  }
  return ids;
}

/** Removes the route table of the stack. moto does not, and would then refuse to remove the network. */
export async function removeRouteTable(moto: Moto, region: string, ids: ReadonlyMap<string, string>) {
  const RouteTableId = ids.get('WatchbotRouteTable');
  if (RouteTableId === undefined) return;
  const table = { 'RouteTableId.1': RouteTableId };
  const description = await callEc2(moto, region, { Action: 'DescribeRouteTables', ...table });
  for (const AssociationId of new Set(description.match(/rtbassoc-[0-9a-f]+/g))) {
    await callEc2(moto, region, { Action: 'DisassociateRouteTable', AssociationId });
  }
  await callEc2(moto, region, { Action: 'DeleteRouteTable', RouteTableId });
}
