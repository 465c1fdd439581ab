import { COMMON_OPTIONS, type CommandDefinition } from '../command/command';

export const ROLES: CommandDefinition = {
  usage:
    'Print the roles that workers need, with their policies: for accounts where somebody else makes roles',
  run: async () => (await import('./roles.js')).runRoles,
  options: {
    worker: { usage: 'Name of the worker (default: all of them)', type: 'string' },
    json: COMMON_OPTIONS.json,
  },
  examples: [
    { line: 'sls watchbot roles', does: 'every role, with who takes it and what it must allow' },
    {
      line: 'sls watchbot roles --worker watchbot --json',
      does: 'those of one worker, as one JSON document',
    },
  ],
  notes: [
    'Nothing is asked of AWS, so that it can be run before the first deploy. A role that is made elsewhere gets both documents that are printed for it: the trust policy says which service of AWS takes the role, the policy what it must allow. Then its ARN is given by the key that is named: `role`, `executionRole`, `schedulerRole`, `infrastructureRole`, or `role` of a webhook (docs/permissions.md#roles-that-somebody-else-makes).',
    'What is not known before the deploy stands between `<` and `>`, to be replaced: the account as `<ACCOUNT_ID>`, a key that the stack makes, what your own resources are called. A cluster that the stack makes is named by the beginning of its name.',
  ],
};
