declare module 'github-slugger' {
  /** Makes anchors from headings as GitHub does: a repeated text gets a number. */
  export default class GithubSlugger {
    slug(text: string): string;
  }
}
