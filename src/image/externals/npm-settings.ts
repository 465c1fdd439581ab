import { readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { findLockFile } from './lock-file';

/** npm's settings of registries, as the text of an .npmrc. It is a secret. */
export interface NpmSettings {
  text: string;
  /** The parts of it that nobody may see. */
  secrets: readonly string[];
}

/** The machine on which a service is deployed. */
interface NpmMachine {
  environment: Readonly<Record<string, string | undefined>>;
  homeFolder: string;
  /** The path of Node: npm's global settings are in a folder beside it. */
  execPath: string;
}

/**
 * Settings for registries and access to them. No others: the content of an image must not depend on the preferences of
 * whoever deploys.
 */
const OF_REGISTRIES =
  /^(registry|@[^:]+:registry|\/\/.+:.+|_auth|_authtoken|_password|username|email|always-auth|ca(\[\])?|cert|key|strict-ssl|proxy|https-proxy|http-proxy|noproxy|replace-registry-host|maxsockets|fetch-.+)$/i;

const SECRET = /(^|:)(_auth|_authtoken|_password|key)$/i;

/** A shorter value is no secret, and hiding it would make the output unreadable. */
const LEAST_SECRET_LENGTH = 4;

interface Setting {
  key: string;
  value: string;
}

/**
 * The service's settings of registries, as npm on this machine has them. Undefined if there are none: the public registry
 * asks for nothing. https://docs.npmjs.com/cli/configuring-npm/npmrc
 */
export async function npmSettings(
  serviceFolder: string,
  machine: NpmMachine,
): Promise<NpmSettings | undefined> {
  const { environment } = machine;
  const files = await Promise.all(
    (await filesOf(serviceFolder, machine)).map(async (file) =>
      settingsIn(await readFile(file, 'utf8').catch(() => ''), environment),
    ),
  );
  // npm takes the last value of a key.
  const all = [...files.flat(), ...settingsOf(environment)];
  const settings = (await Promise.all(all.map((each) => withCertificates(each, machine)))).flat();
  const ofRegistries = settings.filter(({ key }) => OF_REGISTRIES.test(key));
  if (ofRegistries.length === 0) return undefined;
  return {
    text: ofRegistries.map(({ key, value }) => `${key}=${JSON.stringify(value)}\n`).join(''),
    secrets: ofRegistries
      .filter(({ key }) => SECRET.test(key))
      .flatMap(({ value }) => value.split('\n'))
      .filter((value) => value.length >= LEAST_SECRET_LENGTH),
  };
}

/** The files of the machine, the user and the project, in npm's order: only those that npm would read. */
async function filesOf(
  serviceFolder: string,
  { environment, homeFolder, execPath }: NpmMachine,
): Promise<string[]> {
  const given = (name: string) =>
    Object.entries(environment).find(([key]) => key.toLowerCase() === name)?.[1];
  const service = await realpath(serviceFolder);
  const project = (await findLockFile(service))?.folder ?? service;
  return [
    given('npm_config_globalconfig') ?? path.resolve(execPath, '../../etc/npmrc'),
    given('npm_config_userconfig') ?? path.join(homeFolder, '.npmrc'),
    path.join(project, '.npmrc'),
  ];
}

function settingsIn(text: string, environment: NpmMachine['environment']): Setting[] {
  return text.split(/[\r\n]+/).flatMap((line) => {
    const [, key, value = 'true'] = /^\s*([^;#[\s=][^=]*?)\s*(?:=\s*(.*?))?\s*$/.exec(line) ?? [];
    return key === undefined
      ? []
      : [{ key: filled(key, environment), value: filled(decoded(value), environment) }];
  });
}

/** As npm reads a value: JSON in quotes, otherwise a text up to a comment. https://github.com/npm/ini#readme */
function decoded(value: string): string {
  const [, quoted] = /^'(.*)'$/.exec(value) ?? [];
  try {
    if (quoted !== undefined || /^".*"$/.test(value)) return String(JSON.parse(quoted ?? value));
  } catch {
    return quoted ?? value;
  }
  const [text] = /^(\\.|[^\\;#])*/.exec(value)!;
  return text.trim().replace(/\\([\\;#])/g, '$1');
}

/** Fills in `${NAME}` and `${NAME?}`. The latter may be missing; npm reports the former. */
function filled(text: string, environment: NpmMachine['environment']): string {
  return text.replace(
    /(?<!\\)\$\{([^${}?]+)(\?)?\}/g,
    (whole, name: string, isFree?: string) => environment[name] ?? (isFree === undefined ? whole : ''),
  );
}

/** Settings in the environment, such as `npm_config_registry`. Host names stay as they are. */
function settingsOf(environment: NpmMachine['environment']): Setting[] {
  return Object.entries(environment).flatMap(([name, value]) => {
    const [, rest] = /^npm_config_(.+)$/i.exec(name) ?? [];
    if (rest === undefined || value === undefined || value === '') return [];
    const key = rest.startsWith('//') ? rest : rest.replace(/(?!^)_/g, '-').toLowerCase();
    return [{ key, value }];
  });
}

/** The build has no access to a file of certificates: its content is handed over instead. */
async function withCertificates({ key, value }: Setting, { homeFolder }: NpmMachine): Promise<Setting[]> {
  if (key.toLowerCase() !== 'cafile') return [{ key, value }];
  const file = value.startsWith('~/') ? path.join(homeFolder, value.slice(2)) : value;
  const text = await readFile(file, 'utf8').catch(() => '');
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return certificates.map((each) => ({ key: 'ca[]', value: each }));
}
