import { describe, expect, it } from '@jest/globals';
import { ERROR_CODES } from '../../src/errors/codes';
import { page, sectionBelow } from './pages';

const troubleshooting = page('docs/troubleshooting.md');
const codeHeadings = troubleshooting.headings.filter(({ text }) => text.startsWith('WATCHBOT_'));

describe('troubleshooting.md', () => {
  it('has a heading for each error code, and for no other', () => {
    expect(codeHeadings.map(({ text }) => text).sort()).toEqual(Object.keys(ERROR_CODES).sort());
  });

  it.each(codeHeadings.map((heading) => [heading.text, heading] as const))(
    '%s says what it means, in the words of the registry, and more than that',
    (code, heading) => {
      const section = sectionBelow(troubleshooting, heading).trim();
      const meaning = ERROR_CODES[code as keyof typeof ERROR_CODES];
      // Lines wrap in the page.
      expect(section.replaceAll(/\s+/g, ' ')).toContain(meaning);
      expect(section.length).toBeGreaterThan(meaning.length + 40);
    },
  );
});
