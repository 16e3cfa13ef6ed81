/** A link or a picture of a Markdown text. */
export interface MarkdownLink {
  /** Relative path without the anchor; empty: this file. */
  readonly path: string
  /** Without `#`; empty: none. */
  readonly anchor: string
}

const code = /```[^]*?```|`[^`\n]*`/g
const targets = /\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"/g

/** Links to files of the repository. Addresses of the web are left out, and so is what is in code. */
export function markdownLinks(text: string): MarkdownLink[] {
  return [...text.replace(code, '').matchAll(targets)]
    .map(([, link, attribute]) => link ?? attribute ?? '')
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [path = '', anchor = ''] = target.split('#')
      return { path, anchor }
    })
}

/** The anchors of all headings, as GitHub makes them: https://docs.github.com/en/get-started/writing-on-github */
export function markdownAnchors(text: string): string[] {
  const counts = new Map<string, number>()
  return (text.replace(/```[^]*?```/g, '').match(/^#{1,6} .*$/gm) ?? []).map((heading) => {
    const name = anchorOf(heading.replace(/^#+ /, ''))
    const count = counts.get(name) ?? 0
    counts.set(name, count + 1)
    return count === 0 ? name : `${name}-${count}`
  })
}

function anchorOf(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-')
}
