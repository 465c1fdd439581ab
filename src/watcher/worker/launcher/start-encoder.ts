import type { StartRequest, Variable } from '../start-worker';
import { encodeStart, encodeTexts, type StartParts } from './start-frame';

/** The frame of a start, or undefined for what Node would refuse, and for what is too big. */
export type EncodeStart = (job: number, request: StartRequest) => Buffer | undefined;

/** What one start has in common with the next. */
interface Shared {
  of: Pick<StartRequest, 'command' | 'environment'>;
  /** Variables that a worker has of its own. */
  ownNames: readonly string[];
  /** Undefined where Node would refuse it. */
  parts: Pick<StartParts, 'wordCount' | 'sharedVariableCount' | 'shared'> | undefined;
}

/** Mostly, commands and environments do not change from start to start: they are encoded once. */
export function createStartEncoder(): EncodeStart {
  let last: Shared | undefined;
  return (job, request) => {
    const { variables: own = [], input } = request;
    if (last === undefined || !isOf(last, request, own)) last = share(request, own);
    const variables = textsOf(own);
    if (last.parts === undefined || !areSound(variables)) return undefined;
    return encodeStart(job, { ...last.parts, variables, input });
  };
}

const isOf = ({ of, ownNames }: Shared, request: StartRequest, own: readonly Variable[]): boolean =>
  of.command === request.command &&
  of.environment === request.environment &&
  ownNames.length === own.length &&
  ownNames.every((name, index) => name === own[index]![0]);

function share({ command, environment }: StartRequest, own: readonly Variable[]): Shared {
  const ownNames = own.map(([name]) => name);
  const words = [command.program, ...command.arguments];
  const variables = textsOf(Object.entries(environment).filter(([name]) => !ownNames.includes(name)));
  const isSound = command.program !== '' && areSound(words) && areSound(variables);
  return {
    of: { command, environment },
    ownNames,
    parts: isSound
      ? {
          wordCount: words.length,
          sharedVariableCount: variables.length,
          shared: encodeTexts([...words, ...variables]),
        }
      : undefined,
  };
}

function textsOf(variables: readonly Variable[]): string[] {
  const texts: string[] = [];
  for (const [name, value] of variables) if (value !== undefined) texts.push(`${name}=${value}`);
  return texts;
}

const areSound = (texts: readonly string[]) => !texts.some((text) => text.includes('\0'));
