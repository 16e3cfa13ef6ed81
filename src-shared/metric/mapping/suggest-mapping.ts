import type { LookedAt } from '../sources/found-topic.ts'
import type { FieldMapping } from './field-mapping.ts'

/** A first guess. What is not sure is open. */
export type SuggestedMapping = Partial<FieldMapping> & Pick<FieldMapping, 'topic'>

/**
 * Guesses from real records which field is what: only what most of them say. Never throws.
 * @param records of the topic, in any order
 */
export function suggestMapping(topic: string, _records: readonly LookedAt[]): SuggestedMapping {
  return { topic }
}
