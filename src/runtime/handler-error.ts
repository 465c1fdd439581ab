/** A handler that cannot be called. Its types are those of Lambda's own runtime for Node. */
export class HandlerError extends Error {
  override readonly name:
    | 'Runtime.ImportModuleError'
    | 'Runtime.HandlerNotFound'
    | 'Runtime.MalformedHandlerName'
    | 'Runtime.MalformedStreamingHandler'
    | 'Runtime.UserCodeSyntaxError';

  constructor(name: HandlerError['name'], message: string, cause?: unknown) {
    super(message, { cause });
    this.name = name;
  }
}
