import { Type, type TString } from '@sinclair/typebox';
import { Intrinsic, ListIntrinsic, orIntrinsic, strictObject, stringOrIntrinsic, textLike } from './values';

const SubnetId = textLike('^subnet-([0-9a-f]{8}|[0-9a-f]{17})$', 'an id like subnet-0a1b2c3d');
const SecurityGroupId = textLike('^sg-([0-9a-f]{8}|[0-9a-f]{17})$', 'an id like sg-0a1b2c3d');

/** As many as an ECS service takes: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html */
const ids = (id: TString, options: { maxItems: number; description: string; otherwise?: string }) => {
  const { maxItems, ...others } = options;
  return Type.Union(
    [Type.Array(orIntrinsic(id), { minItems: 1, maxItems, uniqueItems: true }), ListIntrinsic],
    {
      title: 'a list, or a CloudFormation function that gives one, such as Fn::Split',
      ...others,
    },
  );
};

export const VpcSchema = strictObject(
  {
    subnets: ids(SubnetId, { maxItems: 16, description: 'Subnets of the tasks.' }),
    securityGroups: Type.Optional(
      ids(SecurityGroupId, {
        maxItems: 5,
        description: 'Security groups of the tasks.',
        otherwise: "the VPC's default one",
      }),
    ),
    publicIp: Type.Boolean({
      default: false,
      description:
        'Give tasks on Fargate a public address: needed in a subnet without a NAT gateway or VPC endpoints.',
    }),
  },
  {
    description:
      'The network of the tasks. A new one is a small VPC with two public subnets and a security group that lets nothing in.',
    otherwise: '`provider.vpc`, or a new one',
  },
);

export const ClusterSchema = stringOrIntrinsic({
  description:
    'Name or ARN of an existing cluster, which must have what `capacity` names: the capacity providers of Fargate or of your own, or instances. A CloudFormation function must give its name.',
  otherwise: 'a new one for the stack',
});

export const NotifySchema = Type.Union(
  [
    Type.String({ minLength: 1 }),
    Intrinsic,
    Type.Array(stringOrIntrinsic(), { minItems: 1, maxItems: 10, uniqueItems: true }),
  ],
  {
    title: 'an e-mail address, the ARN of an SNS topic, or a list of them',
    description:
      'Who hears of alarms. For e-mail addresses a topic is made, and each has to confirm its subscription.',
  },
);
