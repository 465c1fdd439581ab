/** Where people read the project's pages, in the state of its main branch. */
const PAGES = 'https://github.com/serverless-watchbot/serverless-watchbot/blob/main/docs';

/**
 * The address of a page, or of a heading in it.
 * @param heading one word, as in the page: GitHub makes the anchor of it, in lower case
 */
export const docsLink = (page: 'alarms' | 'troubleshooting', heading: string): string =>
  `${PAGES}/${page}.md#${heading.toLowerCase()}`;
