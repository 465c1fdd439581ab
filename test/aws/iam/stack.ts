import type { PackagedTemplate } from '../../helpers/framework';
import { resourcesIn } from '../scope';
import { ACCOUNT_ID, REGION, type ReturnValues, type Properties, type Resource } from '../types/type';
import { isAllowed, type Context, type Document, type Policy } from './simulator';

/**
 * A call in a stack. The caller is one of its roles or users, given by ARN, a service of AWS, or somebody from outside.
 */
export interface Call {
  by: string;
  action: string;
  on: string;
  context?: Context;
}

export const inWords = ({ by, action, on, context = {} }: Call): string =>
  [`${by} ${action} ${on}`, ...Object.entries(context).map(([key, value]) => `${key}=${String(value)}`)].join(
    ' ',
  );

/** ARN of a session of a role: this is what AWS calls whoever has assumed the role. */
const sessionOf = (roleArn: string): string =>
  `${roleArn.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/session`;

const ACCOUNT_MAY = (actions: string): Document => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${ACCOUNT_ID}:root` },
      Action: actions,
      Resource: '*',
    },
  ],
});

/**
 * The policy that SNS gives a topic made without one. Services of AWS that publish send the account they do it for.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html (aws:SourceAccount versus aws:SourceOwner)
 */
const topicPolicy = (topicArn: string): Document => ({
  Version: '2008-10-17',
  Statement: [
    {
      Sid: '__default_statement_ID',
      Effect: 'Allow',
      Principal: { AWS: '*' },
      Action: ['sns:Publish', 'sns:Subscribe', 'sns:GetTopicAttributes', 'sns:SetTopicAttributes'],
      Resource: topicArn,
      Condition: { StringEquals: { 'AWS:SourceOwner': ACCOUNT_ID } },
    },
  ],
});

/**
 * The policy of the AWS managed key for SQS.
 * https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html (AWS managed keys)
 */
const managedKeyPolicy: Document = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { AWS: '*' },
      Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      Resource: '*',
      Condition: {
        StringEquals: { 'kms:CallerAccount': ACCOUNT_ID, 'kms:ViaService': `sqs.${REGION}.amazonaws.com` },
      },
    },
  ],
};

export const MANAGED_KEY = `arn:aws:kms:${REGION}:${ACCOUNT_ID}:key/aaaaaaaa-0000-4000-8000-000000000000`;

const PRINCIPALS = new Set(['AWS::IAM::Role', 'AWS::IAM::User']);

/** A packaged template as if it were deployed: its resources, and which calls are allowed. */
export class Stack {
  readonly resources: readonly (Resource & { type: string; returnValues: ReturnValues })[];
  private readonly resourcePolicies = new Map<string, Document>();

  /** @param existingKeys keys of queues outside of the stack, by the ARN of the queue */
  constructor(
    template: Pick<PackagedTemplate, 'Parameters' | 'Resources'>,
    readonly existingKeys: Readonly<Record<string, string>> = {},
  ) {
    const resourceOf = resourcesIn(template, (text) => text);
    this.resources = Object.entries(template.Resources).map(([id, { Type }]) => ({
      ...resourceOf(id),
      type: Type,
    }));
    for (const { properties } of this.ofType('AWS::SQS::QueuePolicy')) {
      const document = properties.PolicyDocument as Document;
      for (const url of properties.Queues as string[]) this.resourcePolicies.set(queueArnOf(url), document);
    }
    for (const key of this.ofType('AWS::KMS::Key'))
      this.resourcePolicies.set(key.returnValues.attributes!.Arn!, key.properties.KeyPolicy as Document);
    for (const role of this.ofType('AWS::IAM::Role'))
      this.resourcePolicies.set(principalArn(role), role.properties.AssumeRolePolicyDocument as Document);
  }

  ofType(type: string) {
    return this.resources.filter((resource) => resource.type === type);
  }

  /** The role or user of the stack, or undefined for a caller from outside. */
  principal(arn: string) {
    return this.resources.find((resource) => PRINCIPALS.has(resource.type) && principalArn(resource) === arn);
  }

  /** @param isIncluded whether a policy of the caller is considered */
  async allows(call: Call, isIncluded: (policy: Policy) => boolean = () => true): Promise<boolean> {
    const { by, action, on, context = {} } = call;
    const principal = this.principal(by);
    const policies = (principal?.properties.Policies ?? []) as Policy[];
    return isAllowed({
      by: principal?.type === 'AWS::IAM::Role' ? sessionOf(by) : by,
      identity: policies.filter(isIncluded),
      action,
      on,
      accountId: accountOf(on),
      resourcePolicy: this.resourcePolicyOf(on),
      context,
    });
  }

  private resourcePolicyOf(arn: string): Document | undefined {
    const own = this.resourcePolicies.get(arn);
    if (own !== undefined) return own;
    if (arn === MANAGED_KEY) return managedKeyPolicy;
    if (arn.startsWith('arn:aws:kms:')) return ACCOUNT_MAY('kms:*');
    return arn.startsWith('arn:aws:sns:') ? topicPolicy(arn) : undefined;
  }
}

export function principalArn({ name, type }: { name: string; type: string }): string {
  return `arn:aws:iam::${ACCOUNT_ID}:${type === 'AWS::IAM::Role' ? 'role' : 'user'}/${name}`;
}

/** The account in an ARN. Those of buckets have none: then it is the stack's. */
const accountOf = (arn: string): string => arn.split(':')[4] || ACCOUNT_ID;

/** @param url `https://sqs.REGION.amazonaws.com/ACCOUNT/NAME` */
export function queueArnOf(url: string): string {
  const [, region, account, name] = /^https:\/\/sqs\.([a-z0-9-]+)\.[a-z.]+\/(\d+)\/(.+)$/.exec(url)!;
  return `arn:aws:sqs:${region}:${account}:${name}`;
}

/** Tags of a resource as condition keys. */
export function tagContext(properties: Properties): Context {
  const tags = (properties.Tags ?? []) as { Key: string; Value: string }[];
  return Object.fromEntries(tags.map(({ Key, Value }) => [`aws:ResourceTag/${Key}`, Value]));
}
