// Preloaded into the watcher if libfaketime is not installed. The time of day jumps as a file says. The clock of timers
// does not, as in reality.
const { readFileSync } = require('node:fs');
const process = require('node:process');
const { setInterval } = require('node:timers');

const POLL_MS = 200;
const RealDate = Date;
const realNow = Date.now;
let shiftMs = 0;

function look() {
  const seconds = Number.parseInt(readFileSync(process.env.FAKETIME_TIMESTAMP_FILE, 'utf8'), 10);
  if (Number.isFinite(seconds)) shiftMs = seconds * 1000;
}

const now = () => realNow() + shiftMs;
globalThis.Date = class Date extends RealDate {
  constructor(...parts) {
    super(...(parts.length === 0 ? [now()] : parts));
  }
  static now() {
    return now();
  }
};
look();
setInterval(look, POLL_MS).unref();
