import type { Engine } from '../engine/engine';

/** An image by the name of its repository, without the registry's, and its tag. */
export interface ImageName {
  repository: string;
  tag: string;
}

/** Where images are kept. Every method throws a `UserError` that says what went wrong. */
export interface Registry {
  /** Undefined: it does not say. */
  hasImage(image: ImageName): Promise<boolean | undefined>;
  /** Sees that an image which is there is not removed soon. Gives what people should know. */
  keep(image: ImageName): Promise<string | undefined>;
  /** Makes the repository where it is not there yet. */
  prepare(repository: { name: string; worker: string }): Promise<Repository>;
  /** Lets the engine push. */
  logIn(engine: Engine): Promise<void>;
}

export interface Repository {
  /** The whole name, the registry's included: what stands before the tag. */
  uri: string;
  isNew: boolean;
  /** What people should know of it. */
  warning?: string;
}
