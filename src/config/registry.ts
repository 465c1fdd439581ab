/** ECR of any account or region, by its host: https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html */
const ECR = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.[a-z.]+(?:\/(.*))?$/s;

/** In which registry of ECR an image, or what a registry is called, lies; undefined if in none. */
export function ecrOf(address: string): { account: string; region: string; path: string } | undefined {
  const [, account, region, path = ''] = ECR.exec(address) ?? [];
  return account === undefined || region === undefined ? undefined : { account, region, path };
}
