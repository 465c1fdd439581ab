/** By the host of a registry or an image: https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html */
const ECR_HOST = /^\d{12}\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.[a-z.]+(\/|$)/;

/** @returns undefined if it is not in ECR */
export const ecrRegion = (address: string): string | undefined => ECR_HOST.exec(address)?.[1];
