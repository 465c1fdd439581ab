import type { SimulationResult } from './simulation/result';

/** The policies that are compared, in the order in which they are shown. Names are for machines, and stay. */
export const POLICY_NAMES = [
  'serverless-watchbot',
  'proposal',
  'watchbot',
  'copilot',
  'lower-bound',
] as const;
export type PolicyName = (typeof POLICY_NAMES)[number];

/** For people. */
export const POLICY_LABELS: Readonly<Record<PolicyName, string>> = {
  'serverless-watchbot': 'this service',
  proposal: 'proposed steps',
  watchbot: 'Watchbot',
  copilot: 'Copilot',
  'lower-bound': 'lower bound',
};

/** What a policy made of the load. */
export interface PolicyRun {
  policy: PolicyName;
  result: SimulationResult;
}
