import type { Agent as HttpAgent } from 'node:http';
import type { Configuration } from '../config/configuration';
import type { Clients } from '../features/stack/clients';
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
  /** Serverless 4 only. By it the plugin tells Serverless 4 from osls 4. */
  credentialProviders?: object;
  /** The sections that plugins have added. The framework refuses one that is there already. */
  servicePluginOutputs?: Map<string, unknown>;
  /** Shown at the end of `info` and `deploy`. */
  addServiceOutputSection(name: string, lines: readonly string[]): void;
  service: {
    service: string | null;
    provider: {
      architecture?: string;
      ecr?: { images?: Record<string, unknown> };
      tags?: Record<string, unknown>;
      /** A text or a function of CloudFormation is a role that exists already. */
      iam?: { role?: unknown };
      /** The older form of `iam.role.permissionsBoundary`. */
      rolePermissionsBoundary?: unknown;
      environment?: unknown;
      logRetentionInDays?: unknown;
      memorySize?: unknown;
      timeout?: unknown;
      vpc?: { subnetIds?: unknown; securityGroupIds?: unknown };
      compiledCloudFormationTemplate: Template;
      /** Set in a deploy, when the package was compared with the last one that was uploaded. */
      shouldNotDeploy?: boolean;
    };
    package: { path?: string };
    resources?: OwnResources;
  };
}

export interface AwsProvider {
  naming: { getStackName(): string; getCompiledTemplateFileName(): string };
  getStage(): string;
  getRegion(): string;
  /** osls: how its own clients reach AWS, with the proxy and the certificates that the environment names. */
  getAwsSdkV3Config?(): Promise<AwsSdkConfig>;
  /** osls. */
  getAwsSdkV3CredentialsProvider?(): () => Promise<AwsCredentials>;
  /** Serverless 4: whether artifacts go to a bucket of the stack rather than to the one that all services share. */
  isLegacyDeploymentBucketEnabled?: unknown;
  /** Serverless 3 and 4 have it; osls 4 throws. */
  getCredentials(): CredentialsAnswer | Promise<CredentialsAnswer>;
  /** The stack was made in this deploy. Not said by each of them, nor with `deploymentMethod: direct`. */
  didCreateService?: boolean;
  /** Version 2 of AWS's SDK, in Serverless 3 and 4: its agent knows a proxy and certificates. osls 4 throws. */
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
 * Serverless 4 answers with a promise of flat credentials. Until 4.29 it keeps the first ones; from 4.30 on it renews
 * those that expire. Serverless 3 answers with an object of version 2 of AWS's SDK, or with none.
 */
export type CredentialsAnswer = GivenCredentials | { credentials?: GivenCredentials };

/** A value that is not there is left out, undefined or null. */
export interface GivenCredentials {
  accessKeyId?: string | undefined;
  secretAccessKey?: string | undefined;
  sessionToken?: string | null | undefined;
  /** Of version 2 of AWS's SDK, as is `getPromise`. */
  expireTime?: Date | null;
  getPromise?(): Promise<void>;
}

interface Log {
  notice: Write;
  warning: Write;
  error: Write;
  info: Write;
}

/** The framework's own take a text with `%s` in it, and the values for it. */
type Write = (text: string, ...more: string[]) => void;

/** A line that is shown while something is under way. */
interface ProgressLine {
  notice(text: string): void;
  remove(): void;
}

/** What the framework hands a plugin to speak with. */
export interface Utils {
  log: Log;
  progress: { get(name: string): ProgressLine };
  /** To standard output. */
  writeText: (text: string) => void;
}

/** What resolves one kind of variables, in the framework's form. */
export interface VariableSource {
  resolve: (request: {
    /** What follows the colon. */
    address: string | null;
    resolveConfigurationProperty: (path: string[]) => Promise<unknown>;
  }) => Promise<{ value: unknown }>;
}

/** What a hook of the plugin works with. */
export interface HookContext {
  serverless: Serverless;
  options: Readonly<Record<string, unknown>>;
  utils: Utils;
  configuration: Configuration;
  /** Clients for AWS, each loaded when it is first asked for. */
  clients: Clients;
}
