import { expect, it } from '@jest/globals';
import {
  ContainerVariable,
  nameInContainer,
  nameInWorker,
  RESERVED_VARIABLE_NAMES,
  RuntimeVariable,
  WORKER_ONLY_VARIABLES,
  WorkerVariable,
} from '../../src/contract/environment';

it('every variable that the plugin sets is reserved, under one name each', () => {
  const names = [
    ...Object.values(ContainerVariable),
    ...Object.values(WorkerVariable),
    ...Object.values(RuntimeVariable),
  ];
  expect([...RESERVED_VARIABLE_NAMES].sort()).toEqual([...new Set(names)].sort());
  expect(names).toHaveLength(new Set(names).size);
});

it.each(WORKER_ONLY_VARIABLES)('%s has another name in the container, and its own in a worker', (name) => {
  expect(nameInContainer(name)).toBe(`WATCHBOT_WORKER_${name}`);
  expect(nameInWorker(nameInContainer(name))).toBe(name);
});

it.each(['LEVEL', 'WATCHBOT_WORKER_LEVEL', 'WATCHBOT_WORKER_', ''])('%j has one name only', (name) => {
  expect(nameInContainer(name)).toBe(name);
  expect(nameInWorker(name)).toBe(name);
});
