/**
 * Every error that a user can cause, with the sentence that says what to do where the place of the error cannot.
 * A code is never used again for something else.
 */
export const ERROR_CODES = {
  WATCHBOT_CONFIGURATION: 'The `watchbot` section has errors; each is listed with a code of its own.',
  WATCHBOT_UNKNOWN_KEY: 'A key that does not exist at this place.',
  WATCHBOT_MISSING_KEY: 'A key that is required is missing.',
  WATCHBOT_WRONG_TYPE: 'A value of the wrong type.',
  WATCHBOT_NOT_ALLOWED: 'A value that is not one of those allowed.',
  WATCHBOT_OUT_OF_RANGE: 'A number, text or list that is too small or too large.',
  WATCHBOT_MALFORMED: 'A text that has not the form that it must have.',
  WATCHBOT_CONTRADICTION: 'Two settings that cannot both be.',
  WATCHBOT_FARGATE_SIZE: 'A pair of `cpu` and `memory` that Fargate does not offer.',
  WATCHBOT_RESERVED_VARIABLE: 'An environment variable that the plugin sets itself.',
  WATCHBOT_NAME_TOO_LONG: 'A name that AWS would refuse for its length.',
  WATCHBOT_NAME_TAKEN: 'Two things that would get the same name.',
  WATCHBOT_RESOURCE_EXISTS: 'The service defines a resource or output that the plugin makes too.',
  WATCHBOT_VARIABLE: 'A `${watchbot:…}` variable that means nothing.',
  WATCHBOT_NO_SECTION: 'A watchbot command needs a `watchbot` section in serverless.yml.',
  WATCHBOT_IMAGE: 'The image cannot be built from what is there.',
  WATCHBOT_BUNDLE_MISSING: "The plugin's own files are incomplete: install it again.",
  WATCHBOT_PACKAGE: 'The package is not complete, or another version of the plugin made it.',
  WATCHBOT_NO_ENGINE: 'No container engine was found that answers.',
  WATCHBOT_BUILD: 'The image could not be built.',
  WATCHBOT_LOGIN: 'The registry did not take the login.',
  WATCHBOT_PUSH: 'The image could not be pushed.',
  WATCHBOT_INTERRUPTED: 'The command was stopped before it had finished.',
  WATCHBOT_DEPLOY_UNSUPPORTED:
    'This version packages and runs locally; it does not yet build and push images.',
  WATCHBOT_ARGUMENTS: 'A command was called with arguments that it does not take.',
  WATCHBOT_UNKNOWN_WORKER: 'No worker has that name, or one must be named.',
  WATCHBOT_PORT_IN_USE: 'The port is taken.',
  WATCHBOT_LOCAL_NOT_RUNNING: 'Nothing answers where `sls watchbot local` would be.',
  WATCHBOT_LOCAL_WATCHER: 'A watcher ended although nobody stopped it.',
  WATCHBOT_LOCAL_UNSETTLED: 'Messages were not settled in the time given.',
  WATCHBOT_MESSAGES_FILE: 'The file of messages cannot be read or has nothing in it.',
  WATCHBOT_NOT_DEPLOYED: 'The stack, or this part of it, is not there.',
  WATCHBOT_SEND: 'The message was not taken.',
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;
