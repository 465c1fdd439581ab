/** Elements of SVG, as text. */

export type Attributes = Readonly<Record<string, string | number>>;

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** XML takes none of them, not even escaped: https://www.w3.org/TR/xml/#charsets */
// eslint-disable-next-line no-control-regex -- those are what it is about
const NOT_IN_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

export const escapeXml = (text: string): string =>
  text.replaceAll(NOT_IN_XML, '').replaceAll(/[&<>"]/g, (character) => ESCAPES[character]!);

/** @param inner markup: text goes through `escapeXml` first */
export function element(name: string, attributes: Attributes, ...inner: readonly string[]): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${attributeText(value)}"`);
  const start = `<${name}${written.join('')}`;
  if (inner.length === 0) return `${start}/>`;
  return inner.length === 1 && !inner[0]!.startsWith('<')
    ? `${start}>${inner[0]!}</${name}>`
    : [`${start}>`, ...inner, `</${name}>`].join('\n');
}

export const textElement = (attributes: Attributes, text: string): string =>
  element('text', attributes, escapeXml(text));

const attributeText = (value: string | number) =>
  typeof value === 'number' ? round(value) : escapeXml(value);

/** A tenth of a pixel is finer than a screen. */
export const round = (value: number): string => String(Number(value.toFixed(1)));
