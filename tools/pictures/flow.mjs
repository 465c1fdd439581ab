// Draws the way of a message: boxes, and arrows from side to side.
const WIDTH = 960;
const HEIGHT = 436;

const BOXES = [
  box('senders', 16, 92, 172, 'Senders', ['sls watchbot send', 'an AWS SDK, a function']),
  box('events', 16, 196, 172, 'events', ['sns, eventBridge, s3,', 'schedule, webhook']),
  box('topic', 232, 92, 132, 'Topic', ['SNS']),
  box('queue', 408, 92, 152, 'Queue', ['SQS; a message is held', 'while its worker runs']),
  box('watcher', 634, 92, 132, 'Watcher', ['polls, starts,', 'holds, settles']),
  box('worker', 812, 62, 112, 'Worker', ['your command']),
  box('handler', 812, 142, 112, 'Worker', ['or your handler']),
  box('scaling', 408, 240, 152, 'Scaling', ['once a minute, by', 'the backlog']),
  box('dead', 408, 362, 152, 'Dead-letter queue', ['after maxReceives']),
  box('alarm', 232, 362, 132, 'Alarms', ['e-mail, or a topic']),
];

const FRAMES = [{ x: 614, y: 24, width: 330, height: 200, label: 'Task of the ECS service, 0 to max' }];

const ARROWS = [
  arrow([188, 118], [232, 118]),
  arrow([188, 222], [210, 222], [210, 134], [232, 134]),
  arrow([364, 125], [408, 125]),
  arrow([560, 110], [634, 110], { label: 'receive', at: [587, 102] }),
  arrow([766, 112], [789, 112], [789, 92], [812, 92]),
  arrow([766, 136], [789, 136], [789, 168], [812, 168]),
  arrow([484, 160], [484, 240], { label: 'metrics', at: [512, 206] }),
  arrow([560, 270], [698, 270], [698, 224], { label: 'number of tasks', at: [629, 262] }),
  arrow([634, 142], [560, 142], { label: 'settle', at: [587, 158] }),
  arrow([408, 136], [386, 136], [386, 346], [440, 346], [440, 362]),
  arrow([408, 392], [364, 392]),
];

const FATES = [
  ['0', 'done: deleted'],
  ['3', 'rejected: deleted, counted as a failure'],
  ['4', 'not now: back, not counted'],
  ['other', 'back, and tried again after 2, 4, 8 … s'],
];

export function flow() {
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}">
<title>The way of a message</title>
<desc>Senders and events reach the topic, the topic the queue. The watcher in a task of the ECS service receives from the queue, starts a worker for each message and settles it by the exit code: 0 and 3 delete it, 4 and others send it back. After maxReceives it goes to the dead-letter queue, and an alarm tells. Scaling follows the metrics of the queue.</desc>
<style>text { font: 12px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #1f2328 }
.name { font-size: 14px; font-weight: 600 }
.note { fill: #59636e }
.middle { text-anchor: middle }
.code { font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-weight: 600 }
.ground { fill: #ffffff }
.box { fill: #f6f8fa; stroke: #8c959f }
.frame { fill: none; stroke: #0072b2; stroke-dasharray: 5 4 }
.arrow { fill: none; stroke: #0072b2; stroke-width: 1.6 }
.head { fill: #0072b2 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 }
.note { fill: #9198a1 }
.ground { fill: #0d1117 }
.box { fill: #161b22; stroke: #6e7681 }
.frame, .arrow { stroke: #56b4e9 }
.head { fill: #56b4e9 }
}</style>
<marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="head" d="M0 0L8 4L0 8z"/></marker>
<rect class="ground" width="${WIDTH}" height="${HEIGHT}"/>
${FRAMES.map(drawFrame).join('\n')}
${BOXES.map(drawBox).join('\n')}
${ARROWS.map(drawArrow).join('\n')}
${drawFates(634, 328)}
</svg>
`;
}

function box(id, x, y, width, name, notes) {
  return { id, x, y, width, height: 34 + notes.length * 17, name, notes };
}

function arrow(...parts) {
  const label = Array.isArray(parts.at(-1)) ? {} : parts.pop();
  return { points: parts, ...label };
}

function drawFrame({ x, y, width, height, label }) {
  return `<rect class="frame" x="${x}" y="${y}" width="${width}" height="${height}" rx="8"/>
<text class="note" x="${x + 12}" y="${y + 22}">${label}</text>`;
}

function drawBox({ x, y, width, height, name, notes }) {
  const middle = x + width / 2;
  const lines = notes.map(
    (note, index) => `<text class="note middle" x="${middle}" y="${y + 42 + index * 17}">${note}</text>`,
  );
  return `<rect class="box" x="${x}" y="${y}" width="${width}" height="${height}" rx="6"/>
<text class="name middle" x="${middle}" y="${y + 23}">${name}</text>
${lines.join('\n')}`;
}

function drawArrow({ points, label, at }) {
  const line = `<path class="arrow" marker-end="url(#head)" d="M${points.map((point) => point.join(' ')).join('L')}"/>`;
  return label === undefined
    ? line
    : `${line}\n<text class="note middle" x="${at[0]}" y="${at[1]}">${label}</text>`;
}

function drawFates(x, y) {
  const rows = FATES.map(
    ([code, fate], index) => `<text class="code" x="${x}" y="${y + 26 + index * 20}">${code}</text>
<text x="${x + 52}" y="${y + 26 + index * 20}">${fate}</text>`,
  );
  return `<text class="name" x="${x}" y="${y}">Exit code of the worker</text>\n${rows.join('\n')}`;
}
