import { isDeepStrictEqual } from 'node:util';
import { logicalIds } from '../../config/logical-ids';
import { NESTED_STACK } from '../../shared/nested-stack';
import { DATA_TYPES, type DataType } from './data-types';
import { goesWithOwner, type GoesWithOwner } from './log-owners';

/** What a deploy would delete that somebody may want to keep. Pure: two templates in, losses out. */

/** A resource as it stands in a template. */
export interface StackResource {
  Type?: string;
  Properties?: Readonly<Record<string, unknown>>;
  Condition?: string;
  DeletionPolicy?: unknown;
  UpdateReplacePolicy?: unknown;
}

/** A template, with those of the stacks in it. */
export interface StackTemplate {
  Description?: unknown;
  Metadata?: Readonly<Record<string, unknown>>;
  Resources?: Readonly<Record<string, StackResource>>;
  Outputs?: Readonly<Record<string, { Description?: unknown }>>;
  /** By logical id. A nested stack whose template is not known is not there. */
  nested?: Readonly<Record<string, StackTemplate>>;
}

/** Why data would be lost. */
type Reason =
  | { how: 'removed' }
  | { how: 'replaced'; property: string; before: unknown; after: unknown }
  /** It gets a condition that it did not have: where that is false, it is deleted. */
  | { how: 'conditional'; condition: string };

/** A resource that holds data, and would be deleted or replaced. */
export interface Loss {
  /** Logical ids: of the nested stacks on the way to it, and its own. */
  path: readonly string[];
  type: string;
  reason: Reason;
  /** A log group whose function or API goes, too: who takes that out does not expect its lines to stay. */
  goesWithOwner?: boolean;
}

/** Has nothing but what the framework has uploaded. */
const ARTIFACTS = 'ServerlessDeploymentBucket';

/** What would be lost if the template of a stack became another one. */
export function lossesOf(
  before: StackTemplate,
  after: StackTemplate,
  goes = goesWithOwner(before, after),
): Loss[] {
  const { Resources = {} } = before;
  return Object.entries(Resources).flatMap(([id, resource]) => {
    if (resource.Type === NESTED_STACK) return lossesInNested(id, { resource, before, after, goes });
    const loss = lossOf(id, resource, after.Resources?.[id]);
    const isLog = loss?.type === LOG_GROUP && loss.reason.how === 'removed';
    if (loss === undefined) return [];
    return isLog && goes(resource) ? [{ ...loss, goesWithOwner: true }] : [loss];
  });
}

const LOG_GROUP = 'AWS::Logs::LogGroup';

interface Nested {
  resource: StackResource;
  before: StackTemplate;
  after: StackTemplate;
  goes: GoesWithOwner;
}

function lossesInNested(id: string, { resource, before, after, goes }: Nested): Loss[] {
  const inside = before.nested?.[id];
  if (inside === undefined) return [];
  const isLeft = after.Resources?.[id] !== undefined;
  if (!isLeft && isKept(resource.DeletionPolicy)) return [];
  const next = isLeft ? after.nested?.[id] : {};
  if (next === undefined) return [];
  return lossesOf(inside, next, goes).map((loss) => ({ ...loss, path: [id, ...loss.path] }));
}

function lossOf(id: string, before: StackResource, after: StackResource | undefined): Loss | undefined {
  const { Type: type = '' } = before;
  const dataType = dataTypeOf(id, before);
  if (dataType === undefined) return undefined;
  const reason = reasonOf(before, after, dataType.replacing);
  const isSaved =
    reason?.how === 'replaced'
      ? isSavedIfReplaced(before, after)
      : isKept(before.DeletionPolicy ?? policyByDefault(dataType));
  return reason === undefined || isSaved ? undefined : { path: [id], type, reason };
}

/** Undefined for a resource that holds nothing of anybody's. */
function dataTypeOf(id: string, resource: StackResource): DataType | undefined {
  const dataType = DATA_TYPES[resource.Type ?? ''];
  return id === ARTIFACTS || dataType?.isMade?.(resource) === true ? undefined : dataType;
}

/** Whether AWS goes by the policy of before or by the new one is not documented, so both must say it. */
const isSavedIfReplaced = (before: StackResource, after: StackResource | undefined): boolean =>
  isKept(before.UpdateReplacePolicy) && isKept(after?.UpdateReplacePolicy);

const policyByDefault = ({ isSavedByDefault }: DataType) => (isSavedByDefault ? 'Snapshot' : 'Delete');

/** CloudFormation leaves the resource, or takes a snapshot. */
const isKept = (policy: unknown): boolean => isRetained(policy) || policy === 'Snapshot';

/** CloudFormation leaves the resource where it is. */
export const isRetained = (policy: unknown): boolean =>
  policy === 'Retain' || policy === 'RetainExceptOnCreate';

/** Undefined if the resource stays. That of another type is refused by CloudFormation, which then changes nothing. */
function reasonOf(
  before: StackResource,
  after: StackResource | undefined,
  replacing: readonly string[],
): Reason | undefined {
  if (after === undefined) return { how: 'removed' };
  const property = replacing.find((name) => !isSame(before.Properties?.[name], after.Properties?.[name]));
  if (property !== undefined && before.Type === after.Type) {
    const [from, to] = [before.Properties?.[property], after.Properties?.[property]];
    return { how: 'replaced', property, before: from, after: to };
  }
  const { Condition: condition } = after;
  return condition === undefined || condition === before.Condition
    ? undefined
    : { how: 'conditional', condition };
}

/** CloudFormation takes `true` and `"true"` for the same, and `false` for nothing at all. */
function isSame(before: unknown, after: unknown): boolean {
  return isDeepStrictEqual(normal(before), normal(after));
}

function normal(value: unknown): unknown {
  if (value === undefined || value === null) return 'false';
  return typeof value === 'boolean' || typeof value === 'number' ? String(value) : value;
}

/** Who made a stack, as far as that can be told from it. */
export interface StackSigns {
  tags: readonly string[];
  outputs: readonly string[];
  /** Undefined if it could not be read. */
  template: StackTemplate | undefined;
}

/** What the framework writes into each template, unless the service has a description of its own. */
const FRAMEWORK_DESCRIPTION = 'The AWS CloudFormation template for this Serverless application';
const FRAMEWORK_OUTPUT = 'ServerlessDeploymentBucketName';
/** The framework gives it to each stack; a service may give it another value. */
const FRAMEWORK_TAG = 'stage';

/** @returns the maker of a stack that is not the framework's, in words; undefined for one of the framework */
export function foreignMaker({ tags, outputs, template }: StackSigns): string | undefined {
  const isPlainlyOwn =
    outputs.includes(FRAMEWORK_OUTPUT) ||
    template?.Description === FRAMEWORK_DESCRIPTION ||
    template?.Resources?.[ARTIFACTS] !== undefined;
  if (isPlainlyOwn) return undefined;
  const other = template === undefined ? undefined : otherTool(template);
  if (other !== undefined) return other;
  return tags.some((tag) => tag.toLowerCase() === FRAMEWORK_TAG)
    ? undefined
    : 'something else than the Serverless Framework';
}

/** A tool whose sign is in the template. */
function otherTool({ Metadata = {}, Resources = {} }: StackTemplate): string | undefined {
  const version = Metadata.EcsWatchbotVersion;
  if (typeof version === 'string') return `Watchbot ${version}`;
  if (Resources.CDKMetadata?.Type === 'AWS::CDK::Metadata') return 'the AWS CDK';
  return undefined;
}

type Outputs = NonNullable<StackTemplate['Outputs']>;

/** Whether the plugin has made workers in a stack. */
export const hasWorkers = (template: StackTemplate | undefined): boolean =>
  workersIn(template?.Outputs ?? {}).length > 0;

/** An output of each worker says its name. */
const OF_WORKER = /^URL of the queue of worker (.+)$/;

/** The names of the workers that the plugin has made in a stack with these outputs. */
function workersIn(outputs: Outputs): string[] {
  return Object.values(outputs).flatMap(({ Description }) => {
    const name = OF_WORKER.exec(typeof Description === 'string' ? Description : '')?.[1];
    return name === undefined ? [] : [name];
  });
}

/** The worker to which a resource of a stack belongs, by its logical id. */
export function workerOf(id: string, { Outputs = {} }: StackTemplate): string | undefined {
  return workersIn(Outputs).find((worker) => logicalIds(worker).includes(id));
}
