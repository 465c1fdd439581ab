/** Mounted for every worker, as in Watchbot. */
export const DEFAULT_MOUNT = '/tmp';

/**
 * Where the agent of ECS Exec writes: with a read-only root it does not start unless these are mounted.
 * https://github.com/aws/containers-roadmap/issues/1359
 */
export const EXEC_FOLDERS = ['/managed-agents', '/var/lib/amazon/ssm', '/var/log/amazon/ssm'] as const;

export function withoutSlash(path: string): string {
  return path.replace(/\/+$/, '');
}
