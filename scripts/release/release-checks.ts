import { isVersion, newestVersion } from '../../src-shared/update/update-version.ts'
import { type ReleaseSection, releaseSection } from './changelog.ts'

/** What decides whether a commit may become a release. */
export interface ReleaseFacts {
  /** Of package.json. */
  readonly version: string
  /** Of package-lock.json. */
  readonly lockVersion: string
  /** Files that differ from the commit or are not in it. */
  readonly changedFiles: readonly string[]
  readonly tags: readonly string[]
  readonly changelog: string
  /** Electron that package.json names, and the one that the packages get. */
  readonly electron: { readonly wanted: string; readonly used: string }
}

export interface CheckResult {
  /** One line each. */
  readonly passed: readonly string[]
  /** What a dry run only notes. */
  readonly notReady: readonly string[]
  /** What no run accepts. */
  readonly problems: readonly string[]
  readonly section?: ReleaseSection
}

/** All checks, so that a person sees everything that is missing at once. */
export function checkRelease(facts: ReleaseFacts): CheckResult {
  const lines = { passed: [] as string[], notReady: [] as string[], problems: [] as string[] }
  checkTree(facts, lines)
  checkVersion(facts, lines)
  const section = checkChangelog(facts, lines)
  const { wanted, used } = facts.electron
  if (wanted === used) lines.passed.push(`the packages get Electron ${used}`)
  else lines.notReady.push(`the packages get Electron ${used}, but package.json names ${wanted}`)
  return { ...lines, ...(section && { section }) }
}

type Lines = Record<'passed' | 'notReady' | 'problems', string[]>

function checkTree({ changedFiles }: ReleaseFacts, lines: Lines): void {
  if (changedFiles.length === 0) return void lines.passed.push('the working tree is that of the commit')
  const named = changedFiles.slice(0, 3).join(', ')
  const more = changedFiles.length > 3 ? ` and ${changedFiles.length - 3} more` : ''
  lines.notReady.push(`the working tree is not that of the commit: ${named}${more}`)
}

function checkVersion({ version, lockVersion, tags }: ReleaseFacts, lines: Lines): void {
  if (!isVersion(version)) return void lines.problems.push(`"${version}" of package.json is no version`)
  if (lockVersion !== version)
    lines.problems.push(`package-lock.json has the version ${lockVersion}, package.json ${version}: run npm install`)
  const last = newestVersion(tags.filter((tag) => tag.startsWith('v')).map((tag) => tag.slice(1)))
  if (last === undefined) lines.passed.push(`version ${version} is the first with a tag`)
  else if (version !== last && newestVersion([version, last]) === version)
    lines.passed.push(`version ${version} is newer than the last tag v${last}`)
  else lines.problems.push(`version ${version} of package.json is not newer than the last tag v${last}`)
}

function checkChangelog({ changelog, version }: ReleaseFacts, lines: Lines): ReleaseSection | undefined {
  let section: ReleaseSection | undefined
  try {
    section = releaseSection(changelog, version)
  } catch (error) {
    return void lines.problems.push(error instanceof Error ? error.message : String(error))
  }
  if (!section) lines.problems.push(`CHANGELOG.md says nothing about ${version}`)
  else if (section.isUnreleased)
    lines.notReady.push(`CHANGELOG.md calls ${version} unreleased: replace that by the date`)
  else lines.passed.push(`CHANGELOG.md has a section of ${version}`)
  return section
}
