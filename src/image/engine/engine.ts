import type { EngineName } from '../../config/configuration';
import type { NpmSettings } from '../externals/npm-settings';
import type { PackagedImage } from '../packaged-images';

/** Takes what an engine says while it works: a line at a time. */
export type Report = (line: string) => void;

export interface BuildOptions {
  packageFolder: string;
  reference: string;
  report: Report;
  /** Asked for if npm installs packages in the image. */
  npmSettings: () => Promise<NpmSettings | undefined>;
}

/** What builds images and takes them to a registry. Every method throws a `UserError` that says what went wrong. */
export interface Engine {
  readonly name: EngineName;
  /** The password goes to the engine's standard input only. */
  login(registry: string, account: { username: string; password: string }): Promise<void>;
  build(image: PackagedImage, options: BuildOptions): Promise<void>;
  push(reference: string, options: { report: Report }): Promise<void>;
}
