import { homedir } from 'node:os';
import type { Configuration } from '../config/configuration';
import { commandRunner, type Run } from '../image/engine/run-command';
import type { NpmSettings } from '../image/externals/npm-settings';
import type { PushEvent, PushRequest, Registry } from '../image/registry/push-images';
import { interruptible } from './ctrl-c';
import type { HookContext } from './framework';
import { packageFolder } from './package';

/**
 * Brings the images of the package to the registry, unless they are there. It does so before anything of the stack is
 * changed, so that a task definition never names an image that does not exist; and after the stack has been looked at.
 */
export async function deployImages(context: HookContext): Promise<void> {
  const { serverless, options, configuration, utils } = context;
  const { readPackagedImages } = await import('../image/package-folder.js');
  const folder = packageFolder(serverless, options);
  const images = await readPackagedImages(folder);
  if (images.length === 0) return;
  const progress = utils.progress.get('watchbot');
  progress.notice('Looking for the images in the registry');
  try {
    const onEvent = (event: PushEvent) => {
      const { doing, done, warning } = describe(event, configuration);
      if (doing !== undefined) progress.notice(doing);
      if (done !== undefined) utils.log.notice(done);
      if (warning !== undefined) utils.log.warning(warning);
    };
    await interruptible((signal) => {
      const run = commandRunner({ environment: process.env, signal });
      return push({ images, folder }, context, { run, onEvent });
    });
  } finally {
    progress.remove();
  }
}

async function push(
  { images, folder }: { images: PushRequest['images']; folder: string },
  context: HookContext,
  { run, onEvent }: { run: Run; onEvent: (event: PushEvent) => void },
): Promise<void> {
  const [{ findEngine }, { pushImages }] = await Promise.all([
    import('../image/engine/engine.js'),
    import('../image/registry/push-images.js'),
  ]);
  const { engine: configured } = context.configuration.build;
  let found: ReturnType<typeof findEngine> | undefined;
  const engine = () => (found ??= findEngine({ configured, run }));
  await pushImages({
    images,
    registry: await registryOf(context, async (reference) => {
      const { hasReference } = await import('../image/engine/engine.js');
      return hasReference({ name: (await engine()).name, run }, reference);
    }),
    packageFolder: folder,
    findEngine: engine,
    onEvent,
    report: (line) => {
      context.utils.log.info(line);
    },
    npmSettings: () => npmSettingsOf(context),
  });
}

async function npmSettingsOf({ serverless }: HookContext): Promise<NpmSettings | undefined> {
  const { npmSettings } = await import('../image/externals/npm-settings.js');
  return npmSettings(serverless.serviceDir, {
    environment: process.env,
    homeFolder: homedir(),
    execPath: process.execPath,
  });
}

async function registryOf(
  { clients, configuration }: HookContext,
  hasReference: (reference: string) => Promise<boolean | undefined>,
): Promise<Registry> {
  const { registry, context } = configuration;
  if (registry !== undefined) {
    const { namedRegistry } = await import('../image/registry/named.js');
    return namedRegistry(registry, { fetch: globalThis.fetch, hasReference });
  }
  const { ecrRegistry } = await import('../image/registry/ecr.js');
  return ecrRegistry({ client: await clients.ecr(), context });
}

/** What is shown of an event. */
interface EventText {
  /** What is under way. */
  doing?: string;
  /** What has been done. */
  done?: string;
  warning?: string | undefined;
}

function describe(event: PushEvent, { registry }: Configuration): EventText {
  if (event.kind === 'repositoryMade') {
    return { done: `Repository ${event.repository}: made`, warning: event.warning };
  }
  if (event.kind === 'gzip') {
    return { done: `Layers are compressed by gzip, and larger than by zstd: ${event.whyNotZstd}` };
  }
  const { worker, repository, tag } = event.image;
  const name = `${registry === undefined ? '' : `${registry.name}/`}${repository}:${tag}`;
  switch (event.kind) {
    case 'there':
      return { done: `Image of ${worker}: ${name} is already there`, warning: event.warning };
    case 'building':
      return { doing: `Building the image of ${worker}` };
    case 'pushing':
      return { doing: `Pushing the image of ${worker}` };
    case 'pushed':
      return { done: `Image of ${worker}: ${name} built and pushed` };
  }
}
