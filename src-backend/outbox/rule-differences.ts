import { isDeepStrictEqual } from 'node:util'
import { knownOfRule } from '#shared/codec/domain-codecs.ts'
import type { Rule } from '#shared/rule/rule.ts'
import type { PublishedRule } from './published-records.ts'

/** All stored versions of a rule, oldest first; at least one. */
export type StoredVersions = readonly Rule[]

export interface RuleDifferences {
  /**
   * Published versions that are missing in the database or have other contents there. They were in effect, so they are
   * kept.
   */
  readonly history: readonly Rule[]
  /** New versions above all published ones, with the contents of the database. */
  readonly next: readonly Rule[]
  /** Rules that only consoles know. */
  readonly unknown: ReadonlySet<string>
  /** Rules whose newest version is not their last record in Kafka. */
  readonly unpublished: readonly string[]
}

/** New versions are in effect `marginMs` after `now`, epoch ms. */
export interface ComparisonTime {
  readonly now: number
  readonly marginMs: number
}

/**
 * Compares stored rules with published ones. A published version never gets other contents. If the database is older,
 * its contents become a new version. A new version deletes rules that it does not know.
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
    const missing = versions.filter((rule) => !isSameContent(find(own, rule.version), rule))
    const newest = own.at(-1)
    const last = versions.at(-1)
    if (newest === undefined) {
      if (last === undefined) continue // not readable, so nothing is known about it
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

/** In effect after every known version, so that all evaluators switch at the same record. */
function newVersion(base: Rule, { now, marginMs }: ComparisonTime, { known, above, deleted }: NewVersion): Rule {
  const effectiveFrom = Math.max(now, ...known.map((rule) => rule.effectiveFrom)) + marginMs
  return { ...base, version: above + 1, deleted, effectiveFrom, updatedBy: 'ReMo', updatedAt: now }
}

/** A key that only a neighboring version knows is no difference: its migration may have added it to every row. */
function isSameContent(stored: Rule | undefined, published: Rule): boolean {
  return stored !== undefined && isDeepStrictEqual(knownOfRule(stored), knownOfRule(published))
}

function find(versions: readonly Rule[], version: number): Rule | undefined {
  return versions.find((rule) => rule.version === version)
}
