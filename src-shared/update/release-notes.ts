/** A part of release notes: plain text, never markup. */
export type NotesBlock =
  | { readonly kind: 'heading' | 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }

/** Notes are read by people: more than this is left out. */
const mostLetters = 20_000

/**
 * Reads the little of Markdown that changelogs use: headings, lists and paragraphs. Emphasis and code lose their marks, a
 * link keeps its text. Anything else, HTML too, stays the text that it is.
 */
export function readReleaseNotes(markdown: string): readonly NotesBlock[] {
  const blocks: NotesBlock[] = []
  let isOpen = false
  for (const raw of markdown.slice(0, mostLetters).split(/\r?\n/)) {
    const line = raw.trim()
    if (line === '') isOpen = false
    else {
      addLine(blocks, line, isOpen)
      isOpen = !line.startsWith('#')
    }
  }
  return blocks
}

/** @param isOpen the line may continue the block before it */
function addLine(blocks: NotesBlock[], line: string, isOpen: boolean): void {
  const heading = /^#{1,6}\s+(.*)$/.exec(line)?.[1]
  const item = /^[-*+]\s+(.*)$/.exec(line)?.[1]
  const last = blocks.at(-1)
  if (heading !== undefined) blocks.push({ kind: 'heading', text: plain(heading) })
  else if (item !== undefined) {
    const before = last?.kind === 'list' ? (blocks.pop(), last.items) : []
    blocks.push({ kind: 'list', items: [...before, plain(item)] })
  } else if (isOpen && last) blocks[blocks.length - 1] = continued(last, plain(line))
  else blocks.push({ kind: 'text', text: plain(line) })
}

function continued(block: NotesBlock, text: string): NotesBlock {
  if (block.kind !== 'list') return { ...block, text: `${block.text} ${text}` }
  return { kind: 'list', items: [...block.items.slice(0, -1), `${block.items.at(-1) ?? ''} ${text}`] }
}

function plain(text: string): string {
  return text
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/`([^`]+)`/g, '$1')
    .replace(/\*\*([^*]+)\*\*/g, '$1')
    .replace(/(^|[\s(])[*_]([^*_\s][^*_]*)[*_](?=[\s).,:;]|$)/g, '$1$2')
}

/**
 * The section of one version in a changelog with headings such as `## 0.2.0 (2026-12-01)`, without its heading.
 * @returns an empty text if there is none
 */
export function changelogSection(changelog: string, version: string): string {
  const lines = changelog.split(/\r?\n/)
  const isHeading = (line: string): boolean => /^##\s/.test(line)
  const start = lines.findIndex((line) => isHeading(line) && line.split(/\s+/)[1]?.replace(/^\[|\]$/g, '') === version)
  if (start < 0) return ''
  const rest = lines.slice(start + 1)
  const end = rest.findIndex(isHeading)
  return rest
    .slice(0, end < 0 ? undefined : end)
    .join('\n')
    .trim()
}
