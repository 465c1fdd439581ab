/** A stack as a resource of another one. */
export const NESTED_STACK = 'AWS::CloudFormation::Stack';

/**
 * The name of the file that a nested stack's template has in the package: what the URL of the template ends with, whatever
 * functions give the rest.
 * @returns undefined if it names no file of a template
 */
export function templateFileOf(templateUrl: unknown): string | undefined {
  return [...JSON.stringify(templateUrl ?? '').matchAll(/[\w.-]+\.(json|template)\b/g)].at(-1)?.[0];
}
