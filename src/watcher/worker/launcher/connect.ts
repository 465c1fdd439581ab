import type { Clock } from '../../clock';
import { Launcher } from './launcher';
import { startLauncherProcess } from './launcher-process';
import { encodePing } from './protocol';
import { Pulse } from './pulse';

/** A launcher as a process, and the talk with it. */
export interface Connection {
  launcher: Launcher;
  /** Tells it to end. */
  close(): void;
  /** Resolves to why it has ended, of itself or since it could not be talked with. Never rejects. */
  ended: Promise<string>;
}

/** @param onReady called once it has said that it understands this watcher */
export function connect(file: string, { clock, onReady }: { clock: Clock; onReady: () => void }): Connection {
  const process = startLauncherProcess(file, (chunk) => {
    try {
      launcher.receive(chunk);
    } catch (error) {
      process.kill((error as Error).message);
    }
  });
  const pulse = new Pulse({
    clock,
    ping: () => {
      process.send(encodePing());
    },
    onSilence: (reason) => {
      process.kill(reason);
    },
  });
  const launcher = new Launcher({
    send: (frame) => {
      process.send(frame);
    },
    onReady: () => {
      pulse.hello();
      onReady();
    },
    onPong: () => {
      pulse.pong();
    },
  });
  void process.ended.then(() => {
    pulse.stop();
  });
  return {
    launcher,
    ended: process.ended,
    close: () => {
      process.close();
    },
  };
}
