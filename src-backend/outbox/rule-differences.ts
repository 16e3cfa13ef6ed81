import { isDeepStrictEqual } from 'node:util'
import type { Rule } from '#shared/rule/rule.ts'
import type { PublishedRule } from './published-records.ts'

/** All versions that the database has of a rule, oldest first; at least one. */
export type StoredVersions = readonly Rule[]

export interface RuleDifferences {
  /** PublishedRecords versions that the database lacks, or has with other contents: they were in effect, so they stay. */
  readonly history: readonly Rule[]
  /** New versions above all published ones: what the database says of rules that consoles know otherwise. */
  readonly next: readonly Rule[]
  /** Rules that only consoles know. */
  readonly unknown: ReadonlySet<string>
  /** Rules whose newest version is not the last record of its key. */
  readonly unpublished: readonly string[]
}

/** Epoch ms. `from`: newest event time; new versions are in effect from `marginMs` after it and after now. */
export interface ComparisonTime {
  readonly from: number
  readonly now: number
  readonly marginMs: number
}

/**
 * Compares the rules of the database with those that were published. A version that was published never gets other
 * contents: where the database is older, its contents become a new version, and rules that it does not know are
 * deleted by one.
 */
export function ruleDifferences(
  published: ReadonlyMap<string, PublishedRule>,
  stored: ReadonlyMap<string, StoredVersions>,
  time: ComparisonTime,
): RuleDifferences {
  const history: Rule[] = []
  const next: Rule[] = []
  const unknown = new Set<string>()
  for (const [id, { version, versions }] of published) {
    const own = stored.get(id) ?? []
    const missing = versions.filter((rule) => !isDeepStrictEqual(find(own, rule.version), rule))
    const newest = own.at(-1)
    const last = versions.at(-1)
    if (newest === undefined) {
      if (last === undefined) continue // unreadable, and nothing is known of it
      unknown.add(id)
      history.push(...missing)
      if (!last.deleted) next.push(newVersion(last, time, { known: versions, above: version, deleted: true }))
    } else if (version > newest.version || missing.some((rule) => rule.version === version)) {
      history.push(...missing)
      next.push(
        newVersion(newest, time, {
          known: [newest, ...versions],
          above: Math.max(version, newest.version),
          deleted: newest.deleted,
        }),
      )
    }
  }
  const changed = new Set(next.map(({ id }) => id))
  const unpublished = [...stored].flatMap(([id, own]) =>
    !changed.has(id) && published.get(id)?.lastVersion !== own.at(-1)?.version ? [id] : [],
  )
  return { history, next, unknown, unpublished }
}

interface NewVersion {
  readonly known: readonly Rule[]
  readonly above: number
  readonly deleted: boolean
}

/** In effect after every version that is known, so that all evaluators switch to it at the same record. */
function newVersion(base: Rule, { from, now, marginMs }: ComparisonTime, { known, above, deleted }: NewVersion): Rule {
  const effectiveFrom = Math.max(from, now, ...known.map((rule) => rule.effectiveFrom)) + marginMs
  return { ...base, version: above + 1, deleted, effectiveFrom, updatedBy: 'ReMo', updatedAt: now }
}

function find(versions: readonly Rule[], version: number): Rule | undefined {
  return versions.find((rule) => rule.version === version)
}
