import { Type } from '@sinclair/typebox';
import { Intrinsic, strictObject, stringOrIntrinsic } from './values';

const list = (description: string, maxItems: number) =>
  Type.Union([Type.Array(stringOrIntrinsic(), { minItems: 1, maxItems }), Intrinsic], {
    title: 'a list or a CloudFormation function',
    description,
  });

export const VpcSchema = strictObject(
  {
    subnets: list('Subnets of the tasks.', 16),
    securityGroups: Type.Optional(list("Security groups of the tasks; default: the VPC's own.", 5)),
    publicIp: Type.Boolean({
      default: false,
      description: 'Give tasks a public address: needed in a subnet without a NAT gateway or VPC endpoints.',
    }),
  },
  {
    description:
      'Where tasks run. Default: `provider.vpc`; where that is not given either, a small VPC with two public subnets and a security group that lets nothing in.',
  },
);

export const ClusterSchema = stringOrIntrinsic({
  description:
    'Name or ARN of an existing cluster; a CloudFormation function must give its name. Default: one new cluster for the stack.',
});

export const NotifySchema = Type.Union(
  [Type.String({ minLength: 1 }), Intrinsic, Type.Array(stringOrIntrinsic(), { minItems: 1, maxItems: 10 })],
  {
    title: 'an address, a topic ARN, or a list of them',
    description:
      'Who hears of alarms: e-mail addresses (a topic with subscriptions is made) and ARNs of existing topics.',
  },
);
