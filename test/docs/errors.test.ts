import { describe, expect, it } from '@jest/globals';
import { ERROR_CODES } from '../../src/errors/codes';
import { page, sectionBelow } from './pages';

const troubleshooting = page('docs/troubleshooting.md');
const codeHeadings = troubleshooting.headings.filter(({ text }) => text.startsWith('WATCHBOT_'));

describe('troubleshooting.md', () => {
  it('has a heading for each error code, and no other one', () => {
    expect(codeHeadings.map(({ text }) => text).sort()).toEqual([...ERROR_CODES].sort());
  });

  it.each(codeHeadings.map((heading) => [heading.text, heading] as const))(
    '%s is explained in one sentence, and then in more',
    (_code, heading) => {
      // Paragraphs of the page span several lines.
      const section = sectionBelow(troubleshooting, heading).trim().replaceAll(/\s+/g, ' ');
      const [meaning = ''] = /^[A-Z].{10,}?[.:;](?= )/.exec(section) ?? [];
      expect(meaning).not.toBe('');
      expect(section.length).toBeGreaterThan(meaning.length + 40);
    },
  );
});
