import type { AwsCall } from '../../helpers/aws-calls';
import { MOTO_ACCOUNT_ID } from '../../helpers/moto';

export type Properties = Record<string, unknown>;

export const REGION = 'eu-west-1';
export const ACCOUNT_ID = MOTO_ACCOUNT_ID;

/** A resource of a template, with all functions resolved. */
export interface Resource {
  id: string;
  /** The given name, or one made from the logical ID. */
  name: string;
  properties: Properties;
  /** Value of `Ref`. */
  ref: string;
}

/** Values of `Ref` and `Fn::GetAtt` for a resource. */
export interface ReturnValues {
  ref: string;
  attributes?: Record<string, string>;
}

/** How tests create resources of a type with API calls. */
export interface ResourceType {
  /** The property that has the resource's name. */
  named?: string;
  /** Well-formed values for references to the resource. */
  returnValues(resource: Omit<Resource, 'ref'>): ReturnValues;
  /** The calls that create the resource, in order. Undefined parameters are left out. */
  calls(resource: Resource): AwsCall[];
  /**
   * Calls that create what must exist already. The properties are those of the template, with unresolved references.
   */
  outside?(properties: Properties): AwsCall[];
  /** Checks rules of the API that neither botocore's model nor moto has. */
  problems?(properties: Properties): string[];
}

export type ResourceTypes = Readonly<Record<string, ResourceType>>;

export const arn = (service: string, rest: string): string =>
  `arn:aws:${service}:${REGION}:${ACCOUNT_ID}:${rest}`;

/** A policy or attribute as text: if it is not a text, as JSON. */
export const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Properties as attributes of SQS and SNS, which are all texts. */
export function attributesOf(properties: Properties, except: readonly string[]): Record<string, string> {
  const entries = Object.entries(properties).filter(([name]) => !except.includes(name));
  return Object.fromEntries(entries.map(([name, value]) => [name, asText(value)]));
}

export function without(properties: Properties, names: readonly string[]): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !names.includes(name)));
}

/** Turns `[{ Key, Value }]` into a map. */
export function mapOf(pairs: unknown): Record<string, string> | undefined {
  if (pairs === undefined) return undefined;
  return Object.fromEntries(
    (pairs as { Key: string; Value: string }[]).map(({ Key, Value }) => [Key, Value]),
  );
}
