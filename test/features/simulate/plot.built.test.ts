import { execFileSync } from 'node:child_process';
import { beforeAll, expect, it } from '@jest/globals';
import { escapeXml, plot } from '../../../src/features/simulate/plot';
import type { PolicyRun } from '../../../src/features/simulate/compare';
import { anyComparison, burst, COMPARISON, runOf, samplesOf } from './results';
import { describeWithPython3, itWithPython3 } from '../../helpers/python';
import { fc } from '../../helpers/seeded';

interface Element {
  tag: string;
  attributes: Record<string, string>;
  text: string;
}

/** Python's own parser refuses a document that is not well-formed. */
const PARSE = `
import json, sys, xml.etree.ElementTree as tree
documents = json.load(sys.stdin)
print(json.dumps([
  [{"tag": e.tag.split("}")[-1], "attributes": e.attrib, "text": e.text or ""} for e in tree.fromstring(d).iter()]
  for d in documents]))
`;
function parse(documents: readonly string[]): Element[][] {
  const output = execFileSync('python3', ['-c', PARSE], {
    input: JSON.stringify(documents),
    encoding: 'utf8',
    maxBuffer: 1e9,
  });
  return JSON.parse(output) as Element[][];
}

const TEXTS = {
  heading: 'Scaling of tiles, worker watchbot, simulated',
  subheading: '1,000 messages at once',
  description: 'this service: done after 5 min.',
};
const draw = (runs: readonly PolicyRun[], texts = TEXTS) => plot(runs, texts);
const textsOf = (elements: readonly Element[]) =>
  elements.filter(({ tag }) => tag === 'text').map(({ text }) => text);

describeWithPython3('a plot', () => {
  const svg = draw(COMPARISON);
  let elements: Element[];
  beforeAll(() => {
    [elements = []] = parse([svg]);
  });
  const withTag = (wanted: string) => elements.filter(({ tag }) => tag === wanted);

  it('has three panels over one time axis, with titles and units', () => {
    expect(textsOf(elements)).toEqual(
      expect.arrayContaining([
        'Messages that wait',
        'Running tasks',
        'Wait of the oldest message (min)',
        'Time since the first message (min)',
      ]),
    );
  });

  it('has a line of each policy in each panel, and a legend of them', () => {
    const lines = withTag('polyline').map(({ attributes }) => attributes.class);
    for (const { policy } of COMPARISON) expect(lines.filter((each) => each === policy)).toHaveLength(3);
    expect(textsOf(elements)).toEqual(
      expect.arrayContaining(['this service', 'Watchbot', 'Copilot', 'lower bound']),
    );
  });

  it('draws the line of the service last, above the others', () => {
    expect(withTag('polyline').at(-1)?.attributes.class).toBe('serverless-watchbot');
  });

  it('shows the values where they are', () => {
    const rise = runOf(
      'serverless-watchbot',
      samplesOf([{ visible: 0 }, { visible: 50 }, { visible: 100 }], 30),
    );
    const [parsed = []] = parse([draw([rise])]);
    const [line] = parsed.filter(({ tag }) => tag === 'polyline');
    const points = line!.attributes.points!.split(' ').map((point) => point.split(',').map(Number));
    const [[left, bottom], [middleX, middleY], [right, top]] = points as [number[], number[], number[]];
    expect(middleX).toBeCloseTo((left! + right!) / 2, 0);
    expect(middleY).toBeCloseTo((bottom! + top!) / 2, 0);
    expect(bottom! - top!).toBeGreaterThan(100);
  });

  it('says in words what it shows, for people who cannot see it', () => {
    expect(elements[0]).toMatchObject({ tag: 'svg', attributes: { role: 'img' } });
    const ids = elements[0]!.attributes['aria-labelledby']!.split(' ');
    const named = ids.map((id) => elements.find(({ attributes }) => attributes.id === id));
    expect(named.map((each) => [each?.tag, each?.text])).toEqual([
      ['title', TEXTS.heading],
      ['desc', TEXTS.description],
    ]);
  });

  it('follows light and dark, and loads nothing from outside', () => {
    const [style] = withTag('style');
    expect(style!.text).toContain('prefers-color-scheme: dark');
    expect(svg.replace('xmlns="http://www.w3.org/2000/svg"', '')).not.toMatch(/https?:|url\(|@import|href/);
  });

  it('gives each policy a colour and dashes of its own, on light as on dark', () => {
    const { text } = withTag('style')[0]!;
    const strokes = [...text.matchAll(/^\.([\w-]+) \{ stroke: (#\w+); \}$/gm)].map(([, name, colour]) => [
      name,
      colour,
    ]);
    const policies = strokes.filter(([name]) => name !== 'grid' && name !== 'axis');
    expect(policies).toHaveLength(10);
    expect(new Set(policies.map(([, colour]) => colour)).size).toBe(10);
    const dashes = [...text.matchAll(/stroke-dasharray: ([^;]+);/g)].map(([, each]) => each);
    expect(new Set(dashes).size).toBe(4);
  });

  it('writes texts as they are', () => {
    const heading = 'a < b & "c" \u0000]]>';
    const [parsed = []] = parse([draw(COMPARISON, { ...TEXTS, heading })]);
    expect(textsOf(parsed)[0]).toBe('a < b & "c" ]]>');
    expect(escapeXml('\u0007\uffff')).toBe('');
  });

  it('cuts texts that would not fit into it', () => {
    const [parsed = []] = parse([draw(COMPARISON, { ...TEXTS, subheading: 'x'.repeat(500) })]);
    expect(textsOf(parsed)[1]).toMatch(/^x{100,}…$/);
  });
});

/** The width of a wide letter in the fonts that the plot names, as a share of the font size. */
const LETTER_WIDTH = 0.62;
const SIZES: Record<string, number> = { heading: 16, value: 12, time: 12 };
const ANCHORS: Record<string, number> = { value: 1, time: 0.5, 'axis-title': 0.5 };

interface Box {
  text: string;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

function boxOf({ text, attributes }: Element): Box {
  const size = SIZES[attributes.class ?? ''] ?? 13;
  const width = text.length * size * LETTER_WIDTH;
  const left = Number(attributes.x) - width * (ANCHORS[attributes.class ?? ''] ?? 0);
  const baseline = Number(attributes.y);
  return { text, left, right: left + width, top: baseline - size * 0.8, bottom: baseline + size * 0.2 };
}

const overlap = (one: Box, other: Box) =>
  one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;

/** The numbers that place an element, and the ranges in which they must be. */
function placesOf({ attributes }: Element, { width, height }: { width: number; height: number }) {
  const places = (names: readonly string[], most: number) =>
    names.flatMap((name) =>
      attributes[name] === undefined ? [] : [{ value: Number(attributes[name]), most }],
    );
  const points = (attributes.points ?? '').split(/[ ,]/).filter((part) => part !== '');
  return [
    ...places(['x', 'x1', 'x2'], width),
    ...places(['y', 'y1', 'y2'], height),
    ...points.map((part, index) => ({ value: Number(part), most: index % 2 === 0 ? width : height })),
  ];
}

itWithPython3(
  'stays within its view box, with no text over another and no number that is none, whatever the results',
  () => {
    const comparisons = [...fc.sample(anyComparison, 100), [burst('watchbot', 10)], [runOf('copilot', [])]];
    for (const elements of parse(comparisons.map((runs) => draw(runs)))) {
      const [, , width = 0, height = 0] = elements[0]!.attributes.viewBox!.split(' ').map(Number);
      const places = elements.flatMap((each) => placesOf(each, { width, height }));
      expect(places.length).toBeGreaterThan(20);
      // NaN is in no range.
      expect(places.filter(({ value, most }) => !(value >= 0 && value <= most))).toEqual([]);
      const boxes = elements.filter(({ tag }) => tag === 'text').map(boxOf);
      expect(boxes.filter(({ left, right }) => left < 0 || right > width)).toEqual([]);
      const overlaps = boxes.flatMap((one, index) =>
        boxes.slice(index + 1).filter((other) => overlap(one, other)),
      );
      expect(overlaps).toEqual([]);
    }
  },
);
