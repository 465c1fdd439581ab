/** A handler's source, and how it is bundled. */
export interface HandlerBundle {
  /** Relative to the service's folder, without the ending. */
  source: string;
  /** The export, or the way to it: `handler`, `api.handler`. */
  export: string;
  /** Packages that are installed rather than bundled. */
  external: readonly string[];
  /** Whether the install scripts of packages may run, by name. */
  allowScripts: Readonly<Record<string, boolean>>;
  minify: boolean;
}

/** How warm workers run, and what they are handed. */
export interface Handler {
  /** As the user wrote it; undefined: the image says itself what it starts. */
  name: string | undefined;
  /** What starts the runtime client; undefined: the image's own ENTRYPOINT, or that of the plugin for a bundle. */
  entryPoint: readonly string[] | undefined;
  batchSize: number;
  /** Seconds. */
  batchWindow: number;
  /** 0: no limit. */
  maxInvocations: number;
  /** MiB of one worker; undefined: no limit of its own. */
  workerMemory: number | undefined;
}
