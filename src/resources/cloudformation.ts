import type { Intrinsic, TextOrIntrinsic } from '../config/configuration';

/** A resource of a CloudFormation template. */
export interface Resource {
  Type: string;
  Properties?: Record<string, unknown>;
  DependsOn?: string | string[];
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
}

export type Resources = Record<string, Resource>;

export interface Output {
  Description: string;
  Value: unknown;
}

/** The part of a template that this plugin makes. */
export interface Fragment {
  Resources: Resources;
  Outputs: Record<string, Output>;
}

export const ref = (id: string): Intrinsic => ({ Ref: id });
export const getAtt = (id: string, attribute: string): Intrinsic => ({ 'Fn::GetAtt': [id, attribute] });
export const sub = (text: string, variables?: Record<string, TextOrIntrinsic>): Intrinsic => ({
  'Fn::Sub': variables === undefined ? text : [text, variables],
});
export const select = (index: number, list: unknown): Intrinsic => ({ 'Fn::Select': [index, list] });

/** An ARN in the stack's own partition, region and account. */
export const arn = (service: string, resource: string): Intrinsic =>
  sub(`arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${resource}`);

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

/**
 * Who takes a role.
 * @param source for what of this account the service must be acting, as a condition on `aws:SourceArn`; else for anything
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

/** What a policy has in a place that takes a list. */
export function oneOrMore<T>(list: readonly T[]): T | readonly T[] {
  return list.length === 1 ? list[0]! : list;
}

/** Tags in the form of most resources. */
export const tagList = (tags: Readonly<Record<string, string>>) =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

/** Leaves out what is undefined, so that a template has no trace of an option that was not used. */
export function compact(properties: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined));
}

/** Resources of several builders as one. Their ids differ, since names are given in one place. */
export function combine<T>(parts: readonly Readonly<Record<string, T>>[]): Record<string, T> {
  return Object.fromEntries(parts.flatMap((part) => Object.entries(part)));
}
