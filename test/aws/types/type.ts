import type { AwsCall } from '../../helpers/aws-calls';
import { MOTO_ACCOUNT_ID } from '../../helpers/moto';

export type Properties = Record<string, unknown>;

export const REGION = 'eu-west-1';
export const ACCOUNT_ID = MOTO_ACCOUNT_ID;

/** A resource of a template, with everything in it worked out. */
export interface Resource {
  id: string;
  /** Its name: the given one, or one made of the logical id. */
  name: string;
  properties: Properties;
  /** What `Ref` gives. */
  ref: string;
}

/** What references to a resource give. */
export interface Made {
  ref: string;
  attributes?: Record<string, string>;
}

/** How a type of resource is made through the API. */
export interface ResourceType {
  /** The property that names it. */
  named?: string;
  /** Well-formed values for what refers to it. */
  made(resource: Omit<Resource, 'ref'>): Made;
  /** The calls that make it, in order. A parameter that is undefined is not given. */
  calls(resource: Resource): AwsCall[];
  /** What must be there already, from what the template itself says: before references are worked out. */
  outside?(properties: Properties): AwsCall[];
  /** Rules of the API that neither botocore's description of it nor moto knows. */
  problems?(properties: Properties): string[];
}

export type ResourceTypes = Readonly<Record<string, ResourceType>>;

export const arn = (service: string, rest: string): string =>
  `arn:aws:${service}:${REGION}:${ACCOUNT_ID}:${rest}`;

/** Policies and attributes are JSON in a text. */
export const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** The given properties, each as a text: what SQS and SNS call attributes. */
export function attributesOf(properties: Properties, except: readonly string[]): Record<string, string> {
  const entries = Object.entries(properties).filter(([name]) => !except.includes(name));
  return Object.fromEntries(entries.map(([name, value]) => [name, asText(value)]));
}

export function without(properties: Properties, names: readonly string[]): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !names.includes(name)));
}

/** `[{ Key, Value }]` as a map. */
export function mapOf(pairs: unknown): Record<string, string> | undefined {
  if (pairs === undefined) return undefined;
  return Object.fromEntries(
    (pairs as { Key: string; Value: string }[]).map(({ Key, Value }) => [Key, Value]),
  );
}
