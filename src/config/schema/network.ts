import { type TString, Type } from '@sinclair/typebox';
import { MAX_ENDPOINTS, PRIVATE, PRIVATE_WAYS } from '../network';
import { ListIntrinsic, oneOf, orIntrinsic, strictObject, textLike } from './values';

const SubnetId = textLike('^subnet-([0-9a-f]{8}|[0-9a-f]{17})$', 'an id like subnet-0a1b2c3d');
const SecurityGroupId = textLike('^sg-([0-9a-f]{8}|[0-9a-f]{17})$', 'an id like sg-0a1b2c3d');
const EndpointName = textLike(
  '^(?!com\\.amazonaws)[a-z0-9]+([.-][a-z0-9]+)*$',
  'the end of the name of an endpoint service, like bedrock-runtime of com.amazonaws.REGION.bedrock-runtime',
);

/** As many as an ECS service accepts: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html */
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

const Network = strictObject({
  subnets: Type.Optional(
    ids(SubnetId, {
      maxItems: 16,
      description: 'Subnets of the tasks, which exist.',
      otherwise: 'needed, unless there is `private`',
    }),
  ),
  securityGroups: Type.Optional(
    ids(SecurityGroupId, {
      maxItems: 5,
      description: 'Security groups of the tasks.',
      otherwise: "the VPC's default one",
    }),
  ),
  publicIp: Type.Optional(
    Type.Boolean({
      description:
        'Give tasks on Fargate a public address: needed in a subnet without a NAT gateway or VPC endpoints.',
      otherwise: '`false`',
    }),
  ),
  private: Type.Optional(
    oneOf(PRIVATE_WAYS, {
      description:
        'Make private subnets in two zones; and by what tasks reach AWS from there. `nat`: one NAT gateway. `natPerZone`: one in each zone. `endpoints`: VPC endpoints for what the service uses, without a way to the internet.',
      otherwise: '`nat` for `vpc: private`; else no private subnets are made',
    }),
  ),
  endpoints: Type.Optional(
    Type.Array(EndpointName, {
      maxItems: MAX_ENDPOINTS,
      uniqueItems: true,
      description:
        'With `private`: further services that tasks reach by a VPC endpoint, such as `bedrock-runtime` or `sts`.',
      otherwise:
        'with `private: endpoints` those that the roles of the workers call for; else S3 and DynamoDB, which cost nothing',
    }),
  ),
});

/** The network of the tasks. */
export const VpcSchema = Type.Union([oneOf([PRIVATE]), Network], {
  title: 'a map with `subnets`, `private`, or a map with `private`: nat, natPerZone or endpoints',
  description:
    'The network of the tasks: an existing one by its subnets, or a new one. A new one has two public subnets and a security group that lets nothing in; with `private` it has private subnets, and costs more.',
  otherwise: '`provider.vpc`, or a new one',
});
