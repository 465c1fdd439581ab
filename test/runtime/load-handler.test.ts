import { describe, expect, it } from '@jest/globals';
import { callHandler, createContext } from '../../src/runtime/call-handler';
import { loadHandler } from '../../src/runtime/load-handler';
import { HANDLERS } from '../helpers/runtime-clients';

const newContext = () => createContext({ 'lambda-runtime-deadline-ms': '5000' }, {}, () => 2_000);
const call = async (name: string) => {
  const { answer, comeToRest } = callHandler(await loadHandler(HANDLERS, name), {}, newContext());
  // What has begun by then is over.
  setTimeout(comeToRest, 50);
  return answer;
};

describe('a handler', () => {
  it.each([
    ['styles.callback', 'by callback'],
    ['styles.wrapped', 'by callback'],
    ['styles.async', 'resolved'],
    ['styles.nested.deep.handler', 'nested'],
    ['styles.default', 'by default'],
    ['./styles.async', 'resolved'],
    ['../handlers/styles.async', 'resolved'],
  ])('%s answers', async (name, answer) => {
    expect(await call(name)).toBe(answer);
  });

  it.each([
    ['styles.failing', 'by callback'],
    ['styles.throwing', 'thrown'],
  ])('%s fails', async (name, message) => {
    await expect(call(name)).rejects.toThrow(message);
  });

  it('may reject with anything', async () => {
    await expect(call('styles.rejecting')).rejects.toBe('a text');
  });

  it.each([
    ['styles', 'Runtime.MalformedHandlerName', '"styles" is not path/to/file.export'],
    ['', 'Runtime.MalformedHandlerName', '"" is not path/to/file.export'],
    ['styles.missing', 'Runtime.HandlerNotFound', 'the handler styles.missing does not exist'],
    ['styles.nested.missing.handler', 'Runtime.HandlerNotFound', 'does not exist'],
    ['styles.text', 'Runtime.HandlerNotFound', 'is no function but string'],
    ['nowhere.handler', 'Runtime.ImportModuleError', 'nowhere with .js, .mjs, .cjs behind it'],
    ['table-syntax.handler', 'Runtime.UserCodeSyntaxError', 'SyntaxError'],
    ['table.marked', 'Runtime.MalformedStreamingHandler', 'it streams its answer'],
  ])('%s cannot be loaded: %s', async (name, type, message) => {
    await expect(loadHandler(HANDLERS, name)).rejects.toMatchObject({
      name: type,
      message: expect.stringContaining(message) as unknown,
    });
  });
});

it('the time that is left is never less than none', () => {
  expect(newContext().getRemainingTimeInMillis()).toBe(3_000);
  expect(createContext({}, {}, () => 2_000).getRemainingTimeInMillis()).toBe(0);
});
