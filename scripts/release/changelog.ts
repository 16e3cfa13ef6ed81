import { changelogSection } from '../../src-shared/update/release-notes.ts'

/** What a changelog says about one version. */
export interface ReleaseSection {
  /** Markdown without the heading: what consoles show as "What is new". */
  readonly notes: string
  readonly isUnreleased: boolean
}

/**
 * The section of a version: `## 0.2.0`, `## 0.2.0 (2026-11-29)` or `## 0.2.0 (unreleased)`.
 * @returns `undefined` if there is none, or if it says nothing
 * @throws Error if a version has two sections, or something else behind its number
 */
export function releaseSection(changelog: string, version: string): ReleaseSection | undefined {
  const suffixes = changelog.split(/\r?\n/).flatMap((line) => {
    const [, found, suffix] = /^##\s+(\S+)\s*(.*?)\s*$/.exec(line) ?? []
    return found === version && suffix !== undefined ? [suffix] : []
  })
  const notes = changelogSection(changelog, version)
  const [suffix] = suffixes
  if (suffix === undefined || notes === '') return undefined
  if (suffixes.length > 1) throw new Error(`CHANGELOG.md has ${suffixes.length} sections of ${version}`)
  const isUnreleased = suffix === '(unreleased)'
  if (!isUnreleased && suffix !== '' && !isDate(/^\((.*)\)$/.exec(suffix)?.[1]))
    throw new Error(`CHANGELOG.md has "${suffix}" behind ${version}: expected the day, as in (2026-11-29)`)
  return { notes, isUnreleased }
}

function isDate(text: string | undefined): boolean {
  if (text === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const time = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}
