/** Where things are in the image that the plugin builds. One folder, so that nothing of the user's is touched. */
export const IMAGE_FOLDER = '/opt/watchbot';

/** The Node runtime of the plugin's own layer: the user's image may have another one, or none. */
export const IMAGE_NODE = `${IMAGE_FOLDER}/bin/node`;

/** The shared libraries that came with that runtime. */
export const IMAGE_LIBRARIES = `${IMAGE_FOLDER}/lib`;

/** Their dynamic loader, under one name for all architectures. */
export const IMAGE_LOADER = `${IMAGE_LIBRARIES}/ld.so`;

/**
 * Node started by the loader that came with it, from the libraries beside it: the image may have another libc, or none.
 * The image's cache of libraries is of another glibc. What Node itself starts gets nothing of this, since it is not in
 * the environment. https://man7.org/linux/man-pages/man8/ld.so.8.html
 */
const RUN_NODE: readonly string[] = [
  IMAGE_LOADER,
  '--inhibit-cache',
  '--library-path',
  IMAGE_LIBRARIES,
  IMAGE_NODE,
];

/** File name of the bundled watcher, in the layer and in the package folder. */
export const WATCHER_FILE = 'watcher.js';

/**
 * How Node runs the watcher. What a message leaves behind is of no use a moment later: a small young generation, in MiB,
 * keeps the memory for the workers.
 */
export const WATCHER_NODE_OPTIONS: readonly string[] = ['--enable-source-maps', '--max-semi-space-size=2'];

/** The container's entry point. No shell is needed: an image may have none. */
export const ENTRY_POINT: readonly string[] = [
  ...RUN_NODE,
  ...WATCHER_NODE_OPTIONS,
  `${IMAGE_FOLDER}/${WATCHER_FILE}`,
];

/** File name of the bundled health check, beside the watcher. */
const HEALTH_FILE = 'health.js';

/** What ECS runs to learn whether the watcher goes on: exit code 0 or 1. To stand behind `CMD`, without a shell. */
export const HEALTH_COMMAND: readonly string[] = [...RUN_NODE, `${IMAGE_FOLDER}/${HEALTH_FILE}`];

/** File name of the bundled `watchbot-progress`, beside the watcher. */
export const PROGRESS_FILE = 'progress.js';

/** Folder of the commands that workers find on their PATH, beside the watcher. */
export const COMMANDS_FOLDER = 'commands';

/** Beside the bundles: Node takes them for CommonJS, whatever the package in whose folder they lie says of its own. */
export const MODULE_TYPE_FILE = 'package.json';

/** The script that runs `PROGRESS_FILE` if there is no launcher. */
export const PROGRESS_SCRIPT_FILE = 'watchbot-progress.sh';

/** File name of the program that starts workers, beside the watcher. Without it Node does, which is slower. */
export const LAUNCHER_FILE = 'launcher';

/** Its name if there is one for each architecture: in the plugin, and in the package. */
export const launcherFileOf = (architecture: string) => `${LAUNCHER_FILE}-${architecture}`;

/**
 * The abstract Unix socket on which the watcher answers it: no file, since the root file system is read-only and mounts
 * are emptied. It belongs to the network namespace.
 */
export const HEALTH_SOCKET = 'watchbot-health';

/**
 * That of a container: tasks may share the network of their instance, and with it all abstract sockets.
 * @param metadataUri `ECS_CONTAINER_METADATA_URI_V4`, which ends with the container's id; undefined outside ECS
 */
export const healthSocketOf = (name: string, metadataUri: string | undefined): string =>
  [name, ...(metadataUri === undefined ? [] : metadataUri.split('/').slice(-1))].join('-');

/** A socket that is no file, which only Linux has. Some versions of Node pad the name: both ends run on the same. */
export const abstractSocket = (name: string) => `\0${name}`;

/** What the watcher answers if all is well; any other line says what is not. */
export const HEALTHY = 'healthy';

/** First argument of the entry point: take messages and run a worker for each. */
export const LISTEN_COMMAND = 'listen';

/**
 * First argument for a `handler`: keep warm workers, which ask for their messages. `handle -- PROGRAM ARGUMENT …` starts
 * that program as the worker; `handle` alone what the image itself would have started, as `ENTRY_POINT_FILE` says.
 */
export const HANDLE_COMMAND = 'handle';

/** Stands before a worker's arguments if it is run without a shell. */
export const ARGUMENTS_MARKER = '--';

/** File name of the client of the Runtime API that loads a handler for Node, beside the watcher. */
export const RUNTIME_FILE = 'runtime.js';

/** What starts it, with the Node of an image that the plugin makes. */
export const RUNTIME_COMMAND: readonly string[] = [
  'node',
  '--enable-source-maps',
  `${IMAGE_FOLDER}/${RUNTIME_FILE}`,
];

/** Where Lambda, and an image that the plugin makes, has a handler's code. */
export const TASK_ROOT = '/var/task';

/**
 * File name, beside the watcher, of what the image itself would start: `{"entryPoint": [...], "command": [...]}`, its
 * ENTRYPOINT and CMD before the layer replaced them. Only in the image of a handler.
 */
export const ENTRY_POINT_FILE = 'entry-point.json';

/** What esbuild makes, each with its source map. */
export const BUNDLES: readonly string[] = [WATCHER_FILE, HEALTH_FILE, RUNTIME_FILE, PROGRESS_FILE];
