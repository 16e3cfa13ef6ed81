import { isDeepStrictEqual } from 'node:util'
import type { Rule } from '#shared/rule/rule.ts'
import type { PublishedRule } from './published.ts'

/** All versions that the database has of a rule, oldest first; at least one. */
export type StoredVersions = readonly Rule[]

export interface RuleDifferences {
  /** Published versions that the database lacks, or has with other contents: they were in effect, so they stay. */
  readonly history: readonly Rule[]
  /** New versions above all published ones: what the database says of rules that consoles know otherwise. */
  readonly next: readonly Rule[]
  /** Rules that only consoles know. */
  readonly unknown: ReadonlySet<string>
  /** Rules whose newest version is not the last record of its key. */
  readonly unpublished: readonly string[]
}

/**
 * Compares the rules of the database with those that were published. A version that was published never gets other
 * contents: where the database is older, its contents become a new version, and rules that it does not know are
 * deleted by one. `from`: event time in epoch ms that the new versions are in effect from, at the earliest.
 */
export function ruleDifferences(
  published: ReadonlyMap<string, PublishedRule>,
  stored: ReadonlyMap<string, StoredVersions>,
  { from, now, marginMs }: { readonly from: number; readonly now: number; readonly marginMs: number },
): RuleDifferences {
  const history: Rule[] = []
  const next: Rule[] = []
  const unknown = new Set<string>()
  const unpublished: string[] = []
  const versionAbove = (base: Rule, known: readonly Rule[], above: number, deleted: boolean): Rule => {
    const effectiveFrom = Math.max(from, now, ...known.map((rule) => rule.effectiveFrom)) + marginMs
    return { ...base, version: above + 1, deleted, effectiveFrom, updatedBy: 'ReMo', updatedAt: now }
  }
  for (const [id, { version, versions }] of published) {
    const own = stored.get(id) ?? []
    const missing = versions.filter((rule) => !isDeepStrictEqual(find(own, rule.version), rule))
    const newest = own.at(-1)
    const last = versions.at(-1)
    if (newest === undefined) {
      if (last === undefined) continue // unreadable, and nothing is known of it
      unknown.add(id)
      history.push(...missing)
      if (!last.deleted) next.push(versionAbove(last, versions, version, true))
    } else if (version > newest.version || missing.some((rule) => rule.version === version)) {
      history.push(...missing)
      next.push(versionAbove(newest, [newest, ...versions], Math.max(version, newest.version), newest.deleted))
    }
  }
  const changed = new Set(next.map(({ id }) => id))
  for (const [id, own] of stored) {
    if (!changed.has(id) && published.get(id)?.lastVersion !== own.at(-1)?.version) unpublished.push(id)
  }
  return { history, next, unknown, unpublished }
}

function find(versions: readonly Rule[], version: number): Rule | undefined {
  return versions.find((rule) => rule.version === version)
}
