/** Where the project's pages are read, at the state of its main branch. */
const PAGES = 'https://github.com/serverless-watchbot/serverless-watchbot/blob/main/docs';

/**
 * The address of a page, or of a heading in it.
 * @param heading one word, as it stands in the page: GitHub makes its anchor of it in small letters
 */
export const docsLink = (page: 'alarms' | 'troubleshooting', heading: string): string =>
  `${PAGES}/${page}.md#${heading.toLowerCase()}`;
