import type { TeamTopics } from '#shared/team/team-topics.ts'
import type { PublishedRecords } from './published-records.ts'
import type { TeamDatabase } from './team-database.ts'

/**
 * Whether this database may publish to the team topics.
 * - `own`: it published there before, or its claim is the first one.
 * - `unclaimed`: the owner is unknown. Write a claim and read again.
 * - `foreign`: another database published there, or claimed them first.
 */
export type Ownership =
  | { readonly kind: 'own' | 'unclaimed' }
  | { readonly kind: 'foreign'; readonly database: string; readonly kinds: ReadonlyArray<keyof TeamTopics> }

/** The topics belong to another database. The message is one sentence for the operator. */
export class ForeignTopicsError extends Error {
  override readonly name = 'ForeignTopicsError'
}

/**
 * Two databases that start on empty topics at the same time both write a claim and read again. The first claim in the
 * log decides, for both in the same way.
 *
 * | published by | claims | ownership |
 * |---|---|---|
 * | another database | any | foreign |
 * | this database, or it and ReMo 0.1.0 | any | own |
 * | nobody, or ReMo 0.1.0 if this database has records of 0.1.0 | none | unclaimed |
 * | the same | first one of this database | own |
 * | the same | first one of another database | foreign |
 * | ReMo 0.1.0, and this database has no records of it | any | foreign |
 */
export function ownershipOf(
  { publishers, claims }: Pick<PublishedRecords, 'publishers' | 'claims'>,
  own: TeamDatabase,
): Ownership {
  const kinds = ['rules', 'alerts'] as const
  const all = new Set(kinds.flatMap((kind) => [...publishers[kind]]))
  const foreign = [...all].find((database) => database !== '' && database !== own.id)
  if (foreign !== undefined) {
    return { kind: 'foreign', database: foreign, kinds: kinds.filter((kind) => publishers[kind].has(foreign)) }
  }
  if (all.has(own.id)) return { kind: 'own' }
  if (all.has('') && !own.hasUnmarked) {
    return { kind: 'foreign', database: '', kinds: kinds.filter((kind) => publishers[kind].has('')) }
  }
  const [first] = claims
  if (first === undefined) return { kind: 'unclaimed' }
  return first === own.id ? { kind: 'own' } : { kind: 'foreign', database: first, kinds: ['alerts'] }
}

export function foreignSentence(
  { database, kinds }: Extract<Ownership, { kind: 'foreign' }>,
  topics: TeamTopics,
  own: TeamDatabase,
): string {
  const names = kinds.map((kind) => topics[kind]).join(' and ')
  const owner = database === '' ? 'a database of ReMo 0.1.0' : `the database ${database}`
  return (
    `${names} in Kafka ${kinds.length === 1 ? 'belongs' : 'belong'} to ${owner}, not to this backend's database ` +
    `${own.id}: set REMO_TEAM to another name, or take the topics over as docs/operations.md says.`
  )
}
