import { readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { findLockFile } from './lock-file';

/** How npm reaches registries, as the text of an .npmrc. It is a secret. */
export interface NpmSettings {
  text: string;
  /** What nobody may see of it. */
  secrets: readonly string[];
}

/** The machine on which a service is deployed. */
export interface NpmSurroundings {
  environment: Readonly<Record<string, string | undefined>>;
  homeFolder: string;
  /** Of Node: beside it is npm's file for the whole machine. */
  execPath: string;
}

/**
 * Where packages are, and how to be let in there. Nothing else: what an image has in it shall not depend on how somebody
 * likes their npm.
 */
const OF_REGISTRIES =
  /^(registry|@[^:]+:registry|\/\/.+:.+|_auth|_authtoken|_password|username|email|always-auth|ca(\[\])?|cert|key|strict-ssl|proxy|https-proxy|http-proxy|noproxy|replace-registry-host|maxsockets|fetch-.+)$/i;

const SECRET = /(^|:)(_auth|_authtoken|_password|key)$/i;

/** A shorter one is none, and would hide what has to be read. */
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
  surroundings: NpmSurroundings,
): Promise<NpmSettings | undefined> {
  const { environment } = surroundings;
  const files = await Promise.all(
    (await filesOf(serviceFolder, surroundings)).map(async (file) =>
      settingsIn(await readFile(file, 'utf8').catch(() => ''), environment),
    ),
  );
  // The last word counts.
  const all = [...files.flat(), ...settingsOf(environment)];
  const settings = (await Promise.all(all.map((each) => withCertificates(each, surroundings)))).flat();
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

/** Of the machine, the user, the project: in npm's order, and only those that npm would read. */
async function filesOf(
  serviceFolder: string,
  { environment, homeFolder, execPath }: NpmSurroundings,
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

function settingsIn(text: string, environment: NpmSurroundings['environment']): Setting[] {
  return text.split(/[\r\n]+/).flatMap((line) => {
    const [, key, value = 'true'] = /^\s*([^;#[\s=][^=]*?)\s*(?:=\s*(.*?))?\s*$/.exec(line) ?? [];
    return key === undefined
      ? []
      : [{ key: filled(key, environment), value: filled(decoded(value), environment) }];
  });
}

/** As npm reads it: in quotes it is JSON, and without them it ends with a comment. https://github.com/npm/ini#readme */
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

/** `${NAME}`, or `${NAME?}` if it need not be there. What is not there npm will tell. */
function filled(text: string, environment: NpmSurroundings['environment']): string {
  return text.replace(
    /(?<!\\)\$\{([^${}?]+)(\?)?\}/g,
    (whole, name: string, isFree?: string) => environment[name] ?? (isFree === undefined ? whole : ''),
  );
}

/** `npm_config_registry` and the like. Names of hosts stay as they are. */
function settingsOf(environment: NpmSurroundings['environment']): Setting[] {
  return Object.entries(environment).flatMap(([name, value]) => {
    const [, rest] = /^npm_config_(.+)$/i.exec(name) ?? [];
    if (rest === undefined || value === undefined || value === '') return [];
    const key = rest.startsWith('//') ? rest : rest.replace(/(?!^)_/g, '-').toLowerCase();
    return [{ key, value }];
  });
}

/** A file of certificates is not there where the image is built: what is in it goes along. */
async function withCertificates(
  { key, value }: Setting,
  { homeFolder }: NpmSurroundings,
): Promise<Setting[]> {
  if (key.toLowerCase() !== 'cafile') return [{ key, value }];
  const file = value.startsWith('~/') ? path.join(homeFolder, value.slice(2)) : value;
  const text = await readFile(file, 'utf8').catch(() => '');
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return certificates.map((each) => ({ key: 'ca[]', value: each }));
}
