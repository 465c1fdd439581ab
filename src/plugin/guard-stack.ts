import type { Stack } from '@aws-sdk/client-cloudformation';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { OutputName } from '../config/names';
import type { Problem } from '../errors/problem';
import { UserError } from '../errors/user-error';
import type { Clients } from '../features/stack/clients';
import { optionWords } from '../features/command/options';
import { heldData, lookAtStack, type HeldData } from '../features/stack/held-data';
import { lossProblems, nameOfLoss } from '../features/stack/loss-problems';
import { foreignMaker, hasWorkers, lossesOf, type StackTemplate } from '../features/stack/losses';
import { deployableStack, findStack, type StackRef } from '../features/stack/stack';
import { NESTED_STACK, templateFileOf } from '../shared/nested-stack';
import { ALLOW_LOSS } from './deploy-option';
import type { Serverless, Utils } from './framework';
import { packageFolder } from './package';

/** What a deploy is about to change. */
export interface Deploying {
  serverless: Serverless;
  options: Readonly<Record<string, unknown>>;
  utils: Utils;
  clients: Clients;
  /** Names of the workers. Undefined if the service has no section, or has it no more. */
  workers: readonly string[] | undefined;
}

/**
 * Stops a deploy to a stack of somebody else, and one that would delete data, before anything is built for it.
 * @throws {UserError} `WATCHBOT_STACK_STATE`, `WATCHBOT_FOREIGN_STACK` or `WATCHBOT_LOSS`
 */
export async function guardStack(deploying: Deploying): Promise<void> {
  const { clients, serverless, workers } = deploying;
  const provider = serverless.getProvider('aws');
  const ref = {
    client: await clients.cloudFormation(),
    stackName: provider.naming.getStackName(),
    region: provider.getRegion(),
  };
  const stack = await (workers === undefined ? stackWithQueue(ref) : deployableStack(ref));
  if (stack !== undefined) await compare(stack, ref, deploying);
}

/** One call tells of most stacks that they have no worker: each worker has an output with the address of its queue. */
async function stackWithQueue(ref: StackRef): Promise<Stack | undefined> {
  const stack = await findStack(ref).catch(() => undefined);
  const suffix = OutputName.queueUrl('');
  return stack?.Outputs?.some(({ OutputKey = '' }) => OutputKey.endsWith(suffix)) === true
    ? stack
    : undefined;
}

/**
 * Whether a service without a worker may delete one that was deployed before: not with a stack that was made just now, nor
 * in a deploy that changes nothing.
 */
export function mayDelete(serverless: Pick<Serverless, 'service' | 'getProvider'>): boolean {
  const isMadeNow = serverless.getProvider('aws').didCreateService === true;
  return !isMadeNow && serverless.service.provider.shouldNotDeploy !== true;
}

async function compare(stack: Stack, ref: StackRef, deploying: Deploying): Promise<void> {
  const { utils, clients, workers } = deploying;
  const { template, lacking } = await lookAtStack(ref);
  // A service without a section is none of the plugin's business, unless it was deployed with one before.
  if (workers === undefined && !hasWorkers(template)) return;
  if (lacking.length > 0) utils.log.warning(notLooked(ref, lacking, template !== undefined));
  const consequence = 'what serverless.yml does not have would be deleted from it';
  const foreign = foreignProblem(stack, template, { stackName: ref.stackName, consequence });
  const before = template ?? {};
  const held = await heldData({ clients, ref }, lossesOf(before, await nextTemplate(deploying)));
  held.filter(isMeant).forEach((data) => {
    utils.log.notice(
      isEmpty(data)
        ? `Queue ${data.name} goes with this deploy; it is empty`
        : `Log group ${data.name} goes with this deploy, as what writes to it does`,
    );
  });
  const lost = held.filter((data) => !isMeant(data));
  judge({ foreign, lost, before, ref }, deploying);
}

/** What was found. */
interface Found {
  /** Undefined: the stack is the framework's. */
  foreign: Problem | undefined;
  lost: readonly HeldData[];
  before: StackTemplate;
  ref: StackRef;
}

/** Stops the deploy, unless all that was found is named by whoever deploys. */
function judge({ foreign, lost, before, ref }: Found, deploying: Deploying): void {
  const { utils, workers = [] } = deploying;
  const allowed = allowedNames(deploying);
  const stopping = lost.filter((data) => !allowed.includes(nameOfLoss(data)));
  const takeovers = foreign === undefined ? [] : [foreign];
  const problems = [
    ...(allowed.includes(ref.stackName) ? [] : takeovers),
    ...lossProblems(stopping, { template: before, workers }),
  ];
  const names = [...takeovers.map(() => ref.stackName), ...lost.map(nameOfLoss)];
  if (problems.length > 0) throw stopped(problems, names, { ref, deploying });
  if (names.length > 0) utils.log.warning(`What is lost by this deploy was named: ${names.join(', ')}`);
}

const isEmpty = ({ count }: HeldData): boolean => count === 0;

/** Whether nobody would be surprised that it goes. */
const isMeant = (data: HeldData): boolean => isEmpty(data) || data.goesWithOwner === true;

function allowedNames({ options }: Deploying): string[] {
  const given = options[ALLOW_LOSS];
  return typeof given === 'string' ? given.split(',').map((name) => name.trim()) : [];
}

/**
 * A deploy goes on without the look: whoever may deploy could do so before there was one, and a pipeline must not end
 * because of a permission to read.
 */
function notLooked({ stackName }: StackRef, lacking: readonly string[], isPartial: boolean): string {
  const consequence = isPartial
    ? 'not all that the deploy would delete or replace is known'
    : 'what the deploy would delete is not known';
  return `Stack ${stackName} was not compared with what is deployed now, for want of ${lacking.join(', ')}: ${consequence}`;
}

/**
 * What is wrong with a stack that the framework has not made, before something is done to it.
 * @param template the deployed one; undefined if it may not be read
 */
export function foreignProblem(
  stack: Stack,
  template: StackTemplate | undefined,
  { stackName, consequence }: { stackName: string; consequence: string },
): Problem | undefined {
  const maker = foreignMaker({
    tags: (stack.Tags ?? []).map(({ Key = '' }) => Key),
    outputs: (stack.Outputs ?? []).map(({ OutputKey = '' }) => OutputKey),
    template,
  });
  if (maker === undefined) return undefined;
  return {
    code: 'WATCHBOT_FOREIGN_STACK',
    place: `stack ${stackName}`,
    given: `a stack made by ${maker}: ${consequence}`,
    allowed: 'a stack that the Serverless Framework has made, or none',
    advice: `give the service a stack of its own, as \`provider.stackName: ${stackName}-workers\`, or another \`service\``,
  };
}

/** The template that is about to be deployed, with those of the package for stacks in it. */
async function nextTemplate({ serverless, options }: Deploying): Promise<StackTemplate> {
  const template = serverless.service.provider.compiledCloudFormationTemplate as StackTemplate;
  const folder = packageFolder(serverless, options);
  const entries = Object.entries(template.Resources ?? {})
    .filter(([, { Type }]) => Type === NESTED_STACK)
    .map(async ([id, { Properties }]) => [id, await packaged(folder, Properties?.TemplateURL)] as const);
  const nested = (await Promise.all(entries)).filter(([, found]) => found !== undefined);
  return { ...template, nested: Object.fromEntries(nested) as Record<string, StackTemplate> };
}

/** Undefined if the package has no template of that name. */
async function packaged(folder: string, url: unknown): Promise<StackTemplate | undefined> {
  const name = templateFileOf(url);
  if (name === undefined) return undefined;
  try {
    return JSON.parse(await readFile(path.join(folder, name), 'utf8')) as StackTemplate;
  } catch {
    return undefined;
  }
}

function stopped(
  problems: readonly Problem[],
  names: readonly string[],
  { ref, deploying }: { ref: StackRef; deploying: Deploying },
): UserError {
  const { options, serverless } = deploying;
  const stage = serverless.getProvider('aws').getStage();
  const given = optionWords(['package', options.package]);
  const command = ['sls deploy', `--stage ${stage}`, `--region ${ref.region}`, ...given].join(' ');
  const heading = [
    `The deploy would delete what stack ${ref.stackName} holds. Nothing was built, pushed or changed.`,
    'If that is what you want, name all of it:',
    `  ${command} --${ALLOW_LOSS} ${names.join(',')}`,
  ].join('\n');
  return UserError.ofMany(problems[0]!.code, heading, problems);
}
