import type { FieldMapping, TopicMapping } from './field-mapping.ts'

/** Finds the mapping of a record. */
export interface MappingIndex {
  /** Whether any record of the topic may have one. Cheap. */
  has(topic: string): boolean
  /** @param timestamp of the record in Kafka, epoch ms; below 0: the newest mapping */
  at(topic: string, timestamp: number): FieldMapping | undefined
}

export const noMappings: MappingIndex = { has: () => false, at: () => undefined }

/**
 * The mappings of a team before those of this console: what a team has for a topic, also that it has none any more,
 * holds for all of its records.
 * @param own of this console's settings, in effect at any time; the last one of a topic counts
 */
export function mappingIndex(own: readonly FieldMapping[], team: readonly TopicMapping[] = []): MappingIndex {
  if (own.length === 0 && team.length === 0) return noMappings
  const ownByTopic = new Map(own.map((mapping) => [mapping.topic, mapping]))
  const teamByTopic = new Map(team.map((mapping) => [mapping.topic, [...mapping.earlier, mapping]]))
  return {
    has: (topic) => teamByTopic.has(topic) || ownByTopic.has(topic),
    at(topic, timestamp) {
      const versions = teamByTopic.get(topic)
      if (!versions) return ownByTopic.get(topic)
      const found = timestamp < 0 ? versions.at(-1) : versions.findLast((one) => one.effectiveFrom <= timestamp)
      return found?.mapping ?? undefined
    },
  }
}
