import { expect, it } from '@jest/globals';
import { describeNotHere } from '../../../src/features/local/not-here';
import { parse } from '../../config/support';

const ON_INSTANCES = { command: 'true', cluster: 'shared', capacity: 'EC2' };
const notHere = (container: object) => describeNotHere(parse({ ...ON_INSTANCES, container }).workers[0]!);

it('says nothing of a worker that is here as it is in AWS', () => {
  const container = { labels: { a: 'b' }, ulimits: { nofile: 4096, cpu: 60 }, stopSignal: 'SIGINT' };
  expect(notHere({})).toBeUndefined();
  expect(notHere(container)).toBeUndefined();
});

it('names all that a process of this machine does not have', () => {
  const container = {
    ulimits: { core: 0 },
    sharedMemory: 64,
    tmpfs: { '/cache': 1 },
    capabilities: { drop: ['ALL'] },
    user: 'app',
    workingDirectory: '/app',
    environmentFiles: ['arn:aws:s3:::settings/prod.env'],
    log: 'json-file',
    hosts: { db: '10.0.0.5' },
  };
  expect(notHere(container)).toBe(
    'watchbot: this machine does not do what `container` says by ulimits, sharedMemory, tmpfs, capabilities, user, workingDirectory, log, hosts; its files of variables in S3 are not read here: give their variables in the shell',
  );
});
