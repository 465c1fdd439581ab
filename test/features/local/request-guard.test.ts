import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { EXCEPTIONS, guardRequests } from '../../../src/features/local/request-guard';

let server: Server;
let port: number;
/** The requests that got through. */
let taken: string[] = [];
const told: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume();
    taken.push(`${request.method} ${request.url}`);
    response.end('taken');
  });
  guardRequests(server, (text) => void told.push(text));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ({ port } = server.address() as { port: number });
});

beforeEach(() => {
  taken = [];
});

afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

const SIGNED =
  'Authorization: AWS4-HMAC-SHA256 Credential=local/20270101/us-east-1/sqs/aws4_request, SignedHeaders=host;x-amz-date, Signature=0f';
const QUERY =
  'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=local&X-Amz-Date=20270101T000000Z&X-Amz-Signature=0f';

const CHROME = [
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36',
  'Accept-Encoding: gzip, deflate, br, zstd',
  'sec-ch-ua-platform: "Linux"',
];
const FORM = ['Content-Type: application/x-www-form-urlencoded', 'Content-Length: 14'];
const BODY = 'Action=Publish';

/** The head's lines, then the body; `OWN` stands for the server's own. */
function bytes(lines: string[], body = ''): string {
  return `${[...lines, '', ''].join('\r\n').replaceAll('OWN', `127.0.0.1:${port}`)}${body}`;
}

/** The statuses that come back for what is written at once. */
async function statuses(text: string): Promise<string[]> {
  const socket = connect(port, '127.0.0.1');
  socket.end(text);
  let answer = '';
  for await (const chunk of socket.setEncoding('utf8')) answer += String(chunk);
  return [...answer.matchAll(/HTTP\/1\.[01] (\d+)/g)].map(([, status = '']) => status);
}

describe('requests of pages', () => {
  const SITE = 'Sec-Fetch-Site: cross-site';
  const ORIGIN = 'Origin: https://evil.example';
  const post = ['POST / HTTP/1.1', 'Host: OWN', ...CHROME];
  const pages: [name: string, lines: string[], body?: string][] = [
    ['a form', [...post, ORIGIN, SITE, 'Sec-Fetch-Mode: navigate', ...FORM], BODY],
    ['a form of Firefox before it told of sites', [...post, ORIGIN, ...FORM], BODY],
    ['a form from a sandbox, or without a referrer', [...post, 'Origin: null', SITE, ...FORM], BODY],
    ['a form of a browser that says nothing', ['POST / HTTP/1.1', 'Host: OWN', ...FORM], BODY],
    [
      'a form whose address has a name and a password',
      [...post, 'Authorization: Basic QVdTNDp4', ...FORM],
      BODY,
    ],
    ['a form to what looks signed', [`POST /?${QUERY} HTTP/1.1`, 'Host: OWN', ...FORM], BODY],
    ['a form, signed by a browser that lets it', [...post, ORIGIN, SIGNED, ...FORM], BODY],
    ['fetch, no-cors', [...post, ORIGIN, SITE, 'Sec-Fetch-Mode: no-cors', ...FORM], BODY],
    [
      'fetch from another port',
      [...post, 'Origin: http://127.0.0.1:3000', 'Sec-Fetch-Site: same-site', ...FORM],
      BODY,
    ],
    [
      'sendBeacon',
      [...post, ORIGIN, SITE, 'Sec-Fetch-Mode: no-cors', 'Content-Type: text/plain', 'Content-Length: 14'],
      BODY,
    ],
    [
      'an image',
      [
        'GET /bucket/key HTTP/1.1',
        'Host: OWN',
        ...CHROME,
        SITE,
        'Sec-Fetch-Mode: no-cors',
        'Sec-Fetch-Dest: image',
      ],
    ],
    ['an image of a browser that says nothing', ['GET /_fauxqs/queues HTTP/1.1', 'Host: OWN']],
    ['an image with what looks signed', [`GET /bucket/key?${QUERY} HTTP/1.1`, 'Host: OWN', ...CHROME, SITE]],
    [
      'a preflight',
      [
        'OPTIONS / HTTP/1.1',
        'Host: OWN',
        ORIGIN,
        'Access-Control-Request-Method: POST',
        'Access-Control-Request-Headers: authorization,content-type',
      ],
    ],
    ['a preflight that looks signed', ['OPTIONS / HTTP/1.1', 'Host: OWN', SIGNED]],
    [
      'a preflight to a private network',
      [
        'OPTIONS / HTTP/1.1',
        'Host: OWN',
        ORIGIN,
        'Access-Control-Request-Method: POST',
        'Access-Control-Request-Private-Network: true',
      ],
    ],
    [
      'a web socket',
      [
        'GET / HTTP/1.1',
        'Host: OWN',
        ORIGIN,
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      ],
    ],
    [
      'a web socket that looks signed',
      ['GET / HTTP/1.1', 'Host: OWN', ORIGIN, SIGNED, 'Connection: Upgrade', 'Upgrade: websocket'],
    ],
    ['a site twice', [...post, SIGNED, 'Sec-Fetch-Site: none', SITE, ...FORM], BODY],
    ['an empty origin', [...post, SIGNED, 'Origin:', ...FORM], BODY],
  ];

  it.each(pages.map(([name, lines, body = '']) => ({ name, lines, body })))(
    '$name is refused',
    async ({ lines, body }) => {
      await expect(statuses(bytes(lines, body))).resolves.toEqual(['403']);
      expect(taken).toEqual([]);
    },
  );
});

describe('hosts', () => {
  const withHost = (...hosts: string[]) =>
    bytes(['POST / HTTP/1.1', ...hosts.map((host) => `Host: ${host}`), SIGNED, ...FORM], BODY);

  it.each([
    ['127.0.0.1:9424'],
    ['127.0.0.1'],
    ['localhost:9424'],
    ['LOCALHOST:1'],
    ['[::1]:9424'],
    ['sqs.eu-west-1.localhost:9424'],
    ['bucket.s3.localhost:9424'],
    ['host.docker.internal:9424'],
    ['host.containers.internal:9424'],
  ])('%s is let in', async (host) => {
    await expect(statuses(withHost(host))).resolves.toEqual(['200']);
  });

  it.each([
    ['rebound.example:9424'],
    ['evil.example'],
    ['127.0.0.1.evil.example:9424'],
    ['localhost.evil.example'],
    ['evillocalhost'],
    ['evil.example:80@localhost'],
    ['evil.example/.localhost'],
    ['evil.example?.localhost'],
    ['evil.example#.localhost'],
    ['evil.docker.internal'],
    ['host.docker.internal.evil.example'],
    ['0.0.0.0:9424'],
    ['192.168.1.7:9424'],
    ['[::ffff:192.168.1.7]:9424'],
    [''],
    ['localhost, evil.example'],
  ])('%j is refused', async (host) => {
    await expect(statuses(withHost(host))).resolves.toEqual(['403']);
    expect(taken).toEqual([]);
  });

  it('may be given once', async () => {
    const status = await statuses(withHost('127.0.0.1', 'rebound.example'));
    expect(status).toHaveLength(1);
    expect(['400', '403']).toContain(status[0]);
    await expect(statuses(withHost('host.docker.internal', 'rebound.example'))).resolves.not.toContain('200');
    expect(taken).toEqual([]);
  });

  it.each([
    ['absolute', 'POST http://rebound.example/ HTTP/1.1', '403'],
    ['absolute, of its own host', 'POST http://127.0.0.1:9424/ HTTP/1.1', '403'],
  ])('in a target that is %s do not count', async (_name, line, status) => {
    await expect(statuses(bytes([line, 'Host: OWN', SIGNED, ...FORM], BODY))).resolves.toEqual([status]);
    expect(taken).toEqual([]);
  });

  it('must be given by old clients, too', async () => {
    await expect(statuses(bytes(['GET /bucket/key HTTP/1.0', SIGNED]))).resolves.toEqual(['403']);
  });

  it('are not connected to', async () => {
    await expect(
      statuses(bytes(['CONNECT evil.example:443 HTTP/1.1', 'Host: OWN', SIGNED])),
    ).resolves.not.toContain('200');
    expect(taken).toEqual([]);
  });
});

describe('requests of tools', () => {
  it('are let in: signed in a header', async () => {
    await expect(statuses(bytes(['POST / HTTP/1.1', 'Host: OWN', SIGNED, ...FORM], BODY))).resolves.toEqual([
      '200',
    ]);
    expect(taken).toEqual(['POST /']);
  });

  it('are let in: signed in the query, from a shell or typed into a browser', async () => {
    const get = [`GET /bucket/key?${QUERY} HTTP/1.1`, 'Host: OWN'];
    await expect(statuses(bytes(get))).resolves.toEqual(['200']);
    await expect(statuses(bytes([...get, ...CHROME, 'Sec-Fetch-Site: none']))).resolves.toEqual(['200']);
  });

  it('are let in by whatever fetch adds in Node', async () => {
    const [name, value] = SIGNED.split(': ') as [string, string];
    const answer = await fetch(`http://localhost:${port}/`, {
      method: 'POST',
      headers: { [name]: value },
      body: BODY,
    });
    expect(answer.status).toBe(200);
  });

  it('are let in that wait for a "continue"', async () => {
    const lines = [
      'PUT /bucket/key HTTP/1.1',
      'Host: OWN',
      SIGNED,
      'Expect: 100-continue',
      'Content-Length: 2',
    ];
    await expect(statuses(bytes(lines, 'ok'))).resolves.toEqual(['100', '200']);
  });

  it.each([
    ['AWS4-HMAC-SHA256'],
    ['AWS4-HMAC-SHA256 x'],
    ['Bearer x'],
    ['x AWS4-HMAC-SHA256 Credential=a, Signature=b'],
  ])('are refused with %j', async (value) => {
    await expect(
      statuses(bytes(['POST / HTTP/1.1', 'Host: OWN', `Authorization: ${value}`, ...FORM], BODY)),
    ).resolves.toEqual(['403']);
  });
});

describe('one connection', () => {
  const good = () => bytes(['POST / HTTP/1.1', 'Host: OWN', SIGNED, ...FORM], BODY);
  const bad = () => bytes(['POST / HTTP/1.1', 'Host: OWN', 'Origin: https://evil.example', ...FORM], BODY);

  it('is checked with each of its requests', async () => {
    await expect(statuses(good() + bad() + good() + bad())).resolves.toEqual(['200', '403', '200', '403']);
    expect(taken).toEqual(['POST /', 'POST /']);
  });

  it('does not take the body of a refused request for another', async () => {
    const inner = good();
    const outer = bytes(
      ['POST / HTTP/1.1', 'Host: OWN', 'Content-Type: text/plain', `Content-Length: ${inner.length}`],
      inner,
    );
    await expect(statuses(outer)).resolves.toEqual(['403']);
    expect(taken).toEqual([]);
  });
});

describe('a refusal', () => {
  it('says why, in the words of the service, and shows nothing that was sent', async () => {
    const ask = async (type: string) => {
      const answer = await fetch(`http://127.0.0.1:${port}/`, {
        method: 'POST',
        headers: { 'content-type': type },
        body: '<script>',
      });
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      return answer.text();
    };
    expect(JSON.parse(await ask('application/x-amz-json-1.0'))).toEqual({
      __type: 'AccessDeniedException',
      message:
        'refused by the emulator of sls watchbot local: requests are to be signed, as AWS’s clients do with any keys',
    });
    expect(await ask('application/x-www-form-urlencoded')).toMatch(
      /^<ErrorResponse><Error>.*<Message>refused by .*signed/,
    );
  });

  it('is reported once for each reason, without control characters', async () => {
    const before = told.length;
    const bad = bytes(['POST / HTTP/1.1', 'Host: evil.example\u009b2J', SIGNED, ...FORM], BODY);
    await statuses(Buffer.from(bad, 'latin1').toString('latin1'));
    await statuses(bad);
    expect(told.length - before).toBeLessThanOrEqual(1);
    expect(new Set(told).size).toBe(told.length);
    // eslint-disable-next-line no-control-regex -- finding them is the point
    expect(told.join('')).not.toMatch(/[\0-\x1f\x7f-\x9f]/);
  });
});

it('each exception says why it is one', () => {
  for (const { name, reason } of EXCEPTIONS) expect([name, reason].join(' ').length).toBeGreaterThan(40);
});
