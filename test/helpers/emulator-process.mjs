// Runs the emulator in its own process, so that a test can be killed at any point without leaving a server behind.
import emulator from '../../dist/features/local/emulators.js';

const { endpoint, stop } = await emulator.startEmulator({
  port: Number(process.argv[2] ?? 0),
  region: 'us-east-1',
  onRefused: console.warn,
});
process.send({ endpoint });
process.on('disconnect', () => void stop().finally(() => process.exit()));
