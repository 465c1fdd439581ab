import { getBuiltinModule } from 'node:process';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy through which an address is reached, by the variables that curl, Go and Python read; undefined if there is none.
 * No package does this and nothing else: those that read `NO_PROXY` know no networks, and those that tunnel bring a logger
 * that the environment switches on.
 * @throws {Error} if the variable is no address of a proxy
 */
export function proxyFor(url: URL, environment: Environment): URL | undefined {
  const isTls = url.protocol === 'https:';
  const given = firstOf(environment, isTls ? ['https_proxy', 'HTTPS_PROXY'] : ['http_proxy', 'HTTP_PROXY']);
  if (given === undefined) return undefined;
  const host = withoutBrackets(url.hostname).toLowerCase();
  if (isNear(host)) return undefined;
  const target = { host, port: url.port || (isTls ? '443' : '80') };
  const direct = firstOf(environment, ['no_proxy', 'NO_PROXY'])?.value.split(/[\s,]+/) ?? [];
  return direct.some((entry) => covers(entry.toLowerCase(), target)) ? undefined : parseProxy(given);
}

/** In a URL, and only there, an IPv6 address is in brackets. */
export const withoutBrackets = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, '$1');

interface Variable {
  name: string;
  value: string;
}

/** Names in small letters come first, as in curl. A variable that is empty counts as not set. */
function firstOf(environment: Environment, names: readonly string[]): Variable | undefined {
  const all = names.map((name) => ({ name, value: (environment[name] ?? '').trim() }));
  return all.find(({ value }) => value !== '');
}

function parseProxy({ name, value }: Variable): URL {
  // As in curl, a host and a port will do.
  const text = /^[a-z][a-z\d+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  const proxy = URL.canParse(text) ? new URL(text) : undefined;
  if (proxy?.protocol === 'http:' || proxy?.protocol === 'https:') return proxy;
  // The value is not shown: it may contain a password.
  throw new Error(`${name} is no address of a proxy, as http://host:port`);
}

/**
 * This machine, and what belongs to it: the task's credentials and metadata, which a proxy would give to everybody.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
 */
const NEAR = ['127.0.0.0/8', '169.254.0.0/16', '::1', '::', '0.0.0.0', 'fe80::/10', 'fd00:ec2::/32'];

const isNear = (host: string) =>
  host === 'localhost' || host.endsWith('.localhost') || NEAR.some((network) => holds(network, host));

interface Target {
  /** In lower case. */
  host: string;
  port: string;
}

/** `*`, `example.com` with all below it, `.example.com`, `*.example.com`, an address, a network; each with a port or without. */
function covers(entry: string, target: Target): boolean {
  if (entry === '') return false;
  if (entry === '*') return true;
  const { host, port } = splitPort(entry);
  if (port !== undefined && port !== target.port) return false;
  if (holds(host, target.host)) return true;
  const suffix = host.replace(/^\*?\./, '').replace(/\.$/, '');
  const name = target.host.replace(/\.$/, '');
  return suffix !== '' && (name === suffix || name.endsWith(`.${suffix}`));
}

function splitPort(entry: string): { host: string; port: string | undefined } {
  const [, bracketed, afterBrackets] = /^\[(.*)\](?::(\d+))?$/.exec(entry) ?? [];
  if (bracketed !== undefined) return { host: bracketed, port: afterBrackets };
  const [, host, port] = /^([^:]*):(\d+)$/.exec(entry) ?? [];
  return host === undefined ? { host: entry, port: undefined } : { host, port };
}

/** Whether an address is the other one, or is in that network. False for names. */
function holds(network: string, address: string): boolean {
  const { BlockList, isIP } = getBuiltinModule('node:net');
  const [base = '', prefix] = network.split('/');
  const family = isIP(base);
  if (family === 0 || isIP(address) === 0) return false;
  const longest = family === 4 ? 32 : 128;
  const bits = prefix === undefined ? longest : Number(prefix);
  if (!(Number.isInteger(bits) && bits >= 0 && bits <= longest)) return false;
  const list = new BlockList();
  list.addSubnet(base, bits, nameOf(family));
  return list.check(address, nameOf(isIP(address)));
}

const nameOf = (family: number) => (family === 4 ? 'ipv4' : 'ipv6');
