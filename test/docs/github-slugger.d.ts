declare module 'github-slugger' {
  /** Anchors as GitHub makes them of headings: a text that comes again gets a number. */
  export default class GithubSlugger {
    slug(text: string): string;
  }
}
