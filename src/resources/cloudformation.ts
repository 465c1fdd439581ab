import type { Intrinsic, TextOrIntrinsic } from '../config/configuration';

/** The part of a template that this plugin makes. */
export interface Fragment {
  /** By logical id. */
  Resources: Record<string, TemplateResource>;
  Outputs: Record<string, Output>;
}

/** A resource as it stands in a template, with the user's own properties over those of its builder. */
export interface TemplateResource {
  Type: string;
  Properties?: Record<string, unknown>;
  DependsOn?: string | string[];
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
  Metadata?: Readonly<Record<string, unknown>>;
}

export interface Output {
  Description: string;
  Value: unknown;
}

export const ref = (id: string): Intrinsic => ({ Ref: id });
export const getAtt = (id: string, attribute: string): Intrinsic => ({ 'Fn::GetAtt': [id, attribute] });
export const sub = (
  text: string,
  variables?: Readonly<Record<string, TextOrIntrinsic | undefined>>,
): Intrinsic => ({
  'Fn::Sub': variables === undefined ? text : [text, variables],
});
export const select = (index: number, list: unknown): Intrinsic => ({ 'Fn::Select': [index, list] });

/** An ARN in the stack's own partition, region and account. */
export const arn = (service: string, resource: string): Intrinsic =>
  sub(`arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${resource}`);

/**
 * The ARN of a name that a function may give.
 * @param path what stands before the name
 */
export const arnOfName = (service: string, name: TextOrIntrinsic, path = ''): Intrinsic =>
  typeof name === 'string'
    ? arn(service, path + name)
    : sub(`arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${path}\${Name}`, {
        Name: name,
      });

export interface Statement {
  Sid?: string;
  Effect: 'Allow' | 'Deny';
  Action: string | readonly string[];
  Resource?: unknown;
  Principal?: unknown;
  Condition?: unknown;
}

export const policyDocument = (statements: readonly Statement[]) => ({
  Version: '2012-10-17',
  Statement: statements,
});

/** A policy within a role or user. */
export interface InlinePolicy {
  PolicyName: string;
  PolicyDocument: ReturnType<typeof policyDocument>;
}

/**
 * The policy that lets a service assume a role.
 * @param source a condition on `aws:SourceArn`: for which of this account's resources the service must be acting
 */
export const assumedBy = (service: string, source?: Readonly<Record<string, object>>) =>
  policyDocument([
    {
      Effect: 'Allow',
      Principal: { Service: service },
      Action: 'sts:AssumeRole',
      ...(source && {
        Condition: { StringEquals: { 'aws:SourceAccount': ref('AWS::AccountId') }, ...source },
      }),
    },
  ]);

/** A policy takes a single value in the place of a list of one. */
export function oneOrMore<T>(list: readonly T[]): T | readonly T[] {
  return list.length === 1 ? list[0]! : list;
}

/** Several maps as one: resources, outputs. Their keys differ, since all logical ids and names come from one file each. */
export function combine<T>(maps: readonly Readonly<Record<string, T>>[]): Record<string, T> {
  return Object.fromEntries(maps.flatMap((map) => Object.entries(map)));
}
