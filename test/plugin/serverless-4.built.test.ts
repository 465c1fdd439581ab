import { expect, it } from '@jest/globals';
import { startTestServer } from '../helpers/http-server';
import { runAs4 } from '../helpers/as-serverless-4';

// What is of Serverless 4 alone; what holds in all frameworks is in facts.built.test.ts.

const SERVICE = { service: 'tiles', provider: { name: 'aws' }, watchbot: { command: 'true', topic: false } };
const KEYS = { AWS_ACCESS_KEY_ID: 'AKIDFOUR', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'token' };

it('says once what remains if there is no stack to remove', async () => {
  const noStack = await startTestServer((_, response) => {
    const message = 'Stack with id tiles-dev does not exist';
    response.writeHead(400, { 'Content-Type': 'text/xml' });
    response.end(
      `<ErrorResponse><Error><Code>ValidationError</Code><Message>${message}</Message></Error></ErrorResponse>`,
    );
  });
  try {
    const service = {
      ...SERVICE,
      watchbot: { ...SERVICE.watchbot, registry: 'registry.example.com/team' },
    };
    const environment = { ...KEYS, AWS_ENDPOINT_URL: noStack.url };
    const { code, stderr } = await runAs4(['remove'], { services: [service], environment });
    expect([code, stderr]).toEqual([0, 'The images in registry.example.com/team stay\n']);
  } finally {
    await noStack.stop();
  }
});
