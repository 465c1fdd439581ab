import type { Agent as HttpAgent } from 'node:http';
import type { Configuration } from '../config/configuration';
import type { OwnResources, Template } from '../resources/merge';

/**
 * The parts of the Serverless object that this plugin uses, which are the same in Serverless 3 and 4 and in osls.
 * Nothing outside `plugin/` sees it.
 */
export interface Serverless {
  serviceDir: string;
  configurationInput?: Record<string, unknown>;
  processedInput: { commands: string[]; options: Record<string, unknown> };
  configSchemaHandler: { defineTopLevelProperty(name: string, schema: object): void };
  pluginManager: {
    hooks: Record<string, { pluginName: string; hook: () => unknown }[]>;
    spawn(command: string): Promise<void>;
  };
  getProvider(name: 'aws'): AwsProvider;
  /** Serverless 4 only. */
  credentialProviders?: object;
  /** Shown at the end of `info` and `deploy`. */
  addServiceOutputSection(name: string, lines: readonly string[]): void;
  service: {
    service: string | null;
    provider: {
      architecture?: string;
      ecr?: { images?: Record<string, unknown> };
      tags?: Record<string, unknown>;
      vpc?: { subnetIds?: unknown; securityGroupIds?: unknown };
      compiledCloudFormationTemplate: Template;
    };
    package: { path?: string };
    resources?: OwnResources;
  };
}

export interface AwsProvider {
  naming: { getStackName(): string; getCompiledTemplateFileName(): string };
  getStage(): string;
  getRegion(): string;
  /** osls: how its own clients reach AWS, by the proxy and with the certificates that the environment names. */
  getAwsSdkV3Config?(): Promise<AwsSdkConfig>;
  /** osls. */
  getAwsSdkV3CredentialsProvider?(): () => Promise<AwsCredentials>;
  /** Serverless 4: whether artifacts go to a bucket of the stack, rather than to one that all services share. */
  isLegacyDeploymentBucketEnabled?: unknown;
  /** Serverless 3 and 4; osls 4 throws. */
  getCredentials(): CredentialsAnswer | Promise<CredentialsAnswer>;
  /** AWS's second SDK, of Serverless 3 and 4: its agent knows of a proxy and of certificates. osls 4 throws. */
  sdk?: { config: { httpOptions?: { agent?: HttpAgent } } };
}

export interface AwsSdkConfig {
  region: string;
  credentials: AwsCredentials | (() => Promise<AwsCredentials>);
  requestHandler?: object;
}

export interface AwsCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/**
 * Serverless 4: flat, and by a promise. Until 4.29 it keeps the first; from 4.30 on it renews what ends. Serverless 3: an
 * object of AWS's second SDK, or none.
 */
export type CredentialsAnswer = GivenCredentials | { credentials?: GivenCredentials };

/** What there is not is left out, undefined or null. */
export interface GivenCredentials {
  accessKeyId?: string | undefined;
  secretAccessKey?: string | undefined;
  sessionToken?: string | null | undefined;
  /** Of AWS's second SDK, as is what follows. */
  expireTime?: Date | null;
  getPromise?(): Promise<void>;
}

interface Log {
  notice: Write;
  warning: Write;
  error: Write;
  info: Write;
}

/** Those of the framework take a text with `%s` in it, and what stands for that. */
type Write = (text: string, ...more: string[]) => void;

/** A line that stands while something is under way. */
interface Progress {
  notice(text: string): void;
  remove(): void;
}

/** What the framework hands a plugin to speak with. */
export interface Utils {
  log: Log;
  progress: { get(name: string): Progress };
  /** To standard output. */
  writeText: (text: string) => void;
}

/** Where the values of a kind of variables come from, as the framework asks for them. */
export interface VariableSource {
  resolve: (request: {
    /** What stands behind the colon. */
    address: string | null;
    resolveConfigurationProperty: (path: string[]) => Promise<unknown>;
  }) => Promise<{ value: unknown }>;
}

/** What a moment of the framework hands on. */
export interface CommandParts {
  serverless: Serverless;
  options: Readonly<Record<string, unknown>>;
  utils: Utils;
  configuration: Configuration;
}
