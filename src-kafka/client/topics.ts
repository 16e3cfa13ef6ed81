/** Names of the topics to read, sorted. Kafka's own (`__consumer_offsets`) never match, whatever the pattern. */
export function matchingTopics(all: readonly string[], pattern: string): string[] {
  const matcher = new RegExp(pattern)
  return all.filter((topic) => !topic.startsWith('__') && matcher.test(topic)).sort()
}

/** Both results are sorted. */
export function topicChanges(
  before: readonly string[],
  after: readonly string[],
): { added: string[]; removed: string[] } {
  const [old, fresh] = [new Set(before), new Set(after)]
  return {
    added: after.filter((topic) => !old.has(topic)),
    removed: before.filter((topic) => !fresh.has(topic)),
  }
}
