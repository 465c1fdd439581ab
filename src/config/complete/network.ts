import type { ListOrIntrinsic, ServiceContext, SharedInput, Vpc } from '../configuration';
import { DEFAULT_PRIVATE_WAY, type PrivateNetwork } from '../network';

/** The network that exists; undefined: the plugin makes one. */
export function completeVpc(vpc: SharedInput['vpc'], { providerVpc }: ServiceContext): Vpc | undefined {
  if (completePrivateNetwork(vpc) !== undefined) return undefined;
  if (vpc !== undefined && typeof vpc !== 'string') {
    return {
      // A rule requires them.
      subnets: (vpc.subnets ?? []) as ListOrIntrinsic,
      securityGroups: vpc.securityGroups as ListOrIntrinsic | undefined,
      publicIp: vpc.publicIp ?? false,
      isOwn: true,
    };
  }
  if (providerVpc?.subnetIds === undefined) return undefined;
  return {
    subnets: providerVpc.subnetIds as ListOrIntrinsic,
    securityGroups: providerVpc.securityGroupIds as ListOrIntrinsic | undefined,
    publicIp: false,
    isOwn: false,
  };
}

export function completePrivateNetwork(vpc: SharedInput['vpc']): PrivateNetwork | undefined {
  if (typeof vpc === 'string') return { way: DEFAULT_PRIVATE_WAY, endpoints: [] };
  if (vpc?.private === undefined) return undefined;
  return { way: vpc.private, endpoints: vpc.endpoints ?? [] };
}
