import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { findCredentials } from '../../../../src/features/progress/dynamodb/credentials';
import { createTestFolder, type TestFolder } from '../../../helpers/folder';
import { startTestServer, type TestServer } from '../../../helpers/http-server';

/** As ECS answers: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html */
const OF_THE_TASK = JSON.stringify({
  AccessKeyId: 'task',
  SecretAccessKey: 'of the task',
  Token: 'for an hour',
  Expiration: '2026-01-01T00:00:00Z',
});

let agent: TestServer;
let folder: TestFolder;
let answer = { status: 200, body: OF_THE_TASK };

beforeAll(async () => {
  agent = await startTestServer((_, response) => response.writeHead(answer.status).end(answer.body));
});
afterAll(() => agent.stop());
beforeEach(() => {
  folder = createTestFolder();
  agent.requests.length = 0;
  answer = { status: 200, body: OF_THE_TASK };
});
afterEach(() => {
  folder.remove();
});

const atAgent = () => ({ AWS_CONTAINER_CREDENTIALS_FULL_URI: `${agent.url}/role` });

describe('credentials', () => {
  it('of the environment are taken first', async () => {
    const keys = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' };
    await expect(findCredentials({ ...keys, ...atAgent() })).resolves.toEqual({
      accessKeyId: 'id',
      secretAccessKey: 'secret',
    });
    await expect(findCredentials({ ...keys, AWS_SESSION_TOKEN: 'token' })).resolves.toMatchObject({
      sessionToken: 'token',
    });
    expect(agent.requests).toEqual([]);
  });

  it.each([
    { of: 'a task', more: () => ({}), authorization: undefined },
    {
      of: 'a task with a token',
      more: () => ({ AWS_CONTAINER_AUTHORIZATION_TOKEN: 'Basic abc' }),
      authorization: 'Basic abc',
    },
    {
      of: 'a task with a token in a file, which goes first',
      more: () => {
        writeFileSync(folder.join('token'), 'Bearer of the file\n');
        const AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE = folder.join('token');
        return { AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE, AWS_CONTAINER_AUTHORIZATION_TOKEN: 'Basic abc' };
      },
      authorization: 'Bearer of the file',
    },
  ])('of $of are asked for', async ({ more, authorization }) => {
    await expect(findCredentials({ ...atAgent(), ...more() })).resolves.toEqual({
      accessKeyId: 'task',
      secretAccessKey: 'of the task',
      sessionToken: 'for an hour',
    });
    expect(agent.requests).toMatchObject([{ method: 'GET', path: '/role' }]);
    expect(agent.requests[0]?.headers.authorization).toBe(authorization);
  });

  it.each([
    { given: { status: 403, body: OF_THE_TASK }, said: /HTTP status 403/ },
    { given: { status: 200, body: '{"AccessKeyId":"only"}' }, said: /an answer without keys/ },
    { given: { status: 200, body: '<html>' }, said: /JSON/ },
  ])('of a task that answers $given are an error', async ({ given, said }) => {
    answer = given;
    await expect(findCredentials(atAgent())).rejects.toThrow(said);
  });

  it('name the places in which they may be, if there are none', async () => {
    await expect(findCredentials({ AWS_ACCESS_KEY_ID: 'half' })).rejects.toMatchObject({
      code: 'TABLE',
      message: expect.stringMatching(/AWS_CONTAINER_CREDENTIALS_RELATIVE_URI.*AWS_SECRET_ACCESS_KEY/),
    });
  });
});
