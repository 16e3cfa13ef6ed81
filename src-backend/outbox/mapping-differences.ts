import type { MappingVersion, TopicMapping } from '#shared/metric/mapping/field-mapping.ts'
import { withEarlier } from '../mappings/service.ts'
import { mappingHash, type PublishedMapping } from './published-records.ts'
import type { ComparisonTime } from './rule-differences.ts'

export interface MappingDifferences {
  /** New versions above all published ones, with what the database has. */
  readonly next: readonly TopicMapping[]
  /** New versions without a mapping, of topics that only consoles know. */
  readonly unknown: readonly TopicMapping[]
  /** Topics whose version is not their last record in Kafka. */
  readonly unpublished: readonly string[]
}

/**
 * Compares stored mappings with published ones. Published versions were in effect: they stay as earlier versions, so
 * that records of that time are read by them.
 */
export function mappingDifferences(
  published: ReadonlyMap<string, PublishedMapping>,
  stored: readonly TopicMapping[],
  time: ComparisonTime,
): MappingDifferences {
  const unknown = new Map(published)
  const next: TopicMapping[] = []
  const unpublished: string[] = []
  for (const own of stored) {
    const known = published.get(own.topic)
    unknown.delete(own.topic)
    if (known && isOlder(own, known)) next.push(newVersion(own, known, time))
    else if (known?.lastVersion !== own.version) unpublished.push(own.topic)
  }
  const removed = [...unknown.values()].flatMap((known) => {
    // A record of a newer version says nothing to this one.
    return known.record ? [newVersion({ ...known.record, isFixed: false, mapping: null }, known, time)] : []
  })
  return { next, unknown: removed, unpublished }
}

function isOlder(own: TopicMapping, known: PublishedMapping): boolean {
  return known.version > own.version || (known.version === own.version && known.content !== mappingHash(own))
}

/** In effect after every known version, so that all readers switch at the same record. */
function newVersion(
  contents: TopicMapping,
  { version, record }: PublishedMapping,
  { now, marginMs }: ComparisonTime,
): TopicMapping {
  const before: TopicMapping = record ?? contents
  const versions: MappingVersion[] = [contents, ...before.earlier, before]
  return {
    ...contents,
    version: Math.max(version, contents.version) + 1,
    effectiveFrom: Math.max(now, ...versions.map(({ effectiveFrom }) => effectiveFrom)) + marginMs,
    updatedBy: 'ReMo',
    updatedAt: now,
    earlier: withEarlier(before.earlier, before),
  }
}
