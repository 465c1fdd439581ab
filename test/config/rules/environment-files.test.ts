import { describe, expect, it } from '@jest/globals';
import { messagesOf, parse } from '../support';

const S3 = 'arn:aws:s3:::acme-settings/prod.env';
const FILES = { '.env': 'A=file\nB=file', 'more.env': "B=more\nC='more'\nNODE_OPTIONS=--no-warnings" };

const workerOf = (section: object, context: object = {}) =>
  parse({ command: 'true', ...section }, { environmentFiles: FILES, ...context }).workers[0]!;
const files = (...environmentFiles: unknown[]) => ({ container: { environmentFiles } });

describe('files of variables', () => {
  it('on this machine become variables, of which the first file’s win', () => {
    const { environment, container } = workerOf(files('.env', 'more.env'));
    expect(environment).toEqual({ A: 'file', B: 'file', C: 'more', NODE_OPTIONS: '--no-warnings' });
    expect(container.environmentFiles).toEqual([]);
  });

  it('on this machine give way to what the section says, and not to what the provider says', () => {
    const section = {
      ...files('.env'),
      environment: { A: 'own' },
      secrets: { B: '/tiles/b' },
      providerEnvironment: true,
    };
    const provider = { environment: { A: 'provider', D: 'provider' } };
    expect(workerOf(section, provider).environment).toEqual({ A: 'own', D: 'provider' });
    const plain = { ...files('.env'), providerEnvironment: true };
    expect(workerOf(plain, provider).environment).toEqual({ A: 'file', B: 'file', D: 'provider' });
  });

  it('in S3 stay files, in their order', () => {
    const byFunction = { 'Fn::ImportValue': 'settings' };
    const { environment, container } = workerOf(files(S3, '.env', byFunction));
    expect(environment).toEqual({ A: 'file', B: 'file' });
    expect(container.environmentFiles).toEqual([S3, byFunction]);
  });

  it('are refused for a name that the watcher or ECS sets, with the file', () => {
    const environmentFiles = { '.env': 'QueueUrl=x\nECS_AGENT_URI=y' };
    const [queueUrl, agent] = messagesOf({ command: 'true', ...files('.env') }, { environmentFiles });
    expect(queueUrl).toContain(
      'WATCHBOT_RESERVED_VARIABLE at watchbot.container.environmentFiles[0]\n  given:   QueueUrl',
    );
    expect(agent).toContain('given:   ECS_AGENT_URI');
  });

  it('are refused with the line that cannot be read, and without what is in it', () => {
    const environmentFiles = { '.env': 'A=1\nPASSWORD: hunter2\nB="hunter3' };
    const text = messagesOf({ command: 'true', ...files('.env') }, { environmentFiles }).join('\n');
    expect(text).toContain('given:   line 2 of .env: no NAME=value');
    expect(text).toContain('given:   line 3 of .env: B: a quote that does not end, or text behind it');
    expect(text).not.toContain('hunter');
  });

  it('in S3 are ten at most', () => {
    const many = Array.from({ length: 11 }, (_, index) => S3.replace('prod', `prod-${index}`));
    expect(workerOf(files(...many.slice(1))).container.environmentFiles).toHaveLength(10);
    expect(messagesOf({ command: 'true', ...files(...many) }).join()).toContain('11 files in S3');
  });
});
