import { matchingTopics } from '../client/topics.ts'
import type { TopicMetadata } from '../wire/metadata.ts'

/** Words in the names of topics with metrics, by the programs that fill them. */
const likely = /metric|telegraf|otel|otlp|beat|collectd|prom|vector|zabbix|netdata|fluent|graphite|monitor|infra|stat/i

export interface ChosenTopics {
  readonly topics: readonly TopicMetadata[]
  /** Topics that are left, because there are too many. */
  readonly left: number
  /** Topics that this pattern matches: they are read already. */
  readonly read: number
}

/**
 * The topics to look at: neither Kafka's own (`__consumer_offsets`) nor those of ReMo (`remo-…`), and none that is read
 * already. If there are too many, those come first whose names look like metrics.
 * @param isRead whether a topic is read already
 */
export function chooseTopics(
  all: readonly TopicMetadata[],
  isRead: (topic: string) => boolean,
  atMost: number,
): ChosenTopics {
  const byName = new Map(all.map((one) => [one.topic, one]))
  const names = matchingTopics([...byName.keys()], '^(?!remo-)')
  const unread = names.filter((name) => !isRead(name))
  const first = unread.filter((name) => likely.test(name))
  const chosen = [...first, ...unread.filter((name) => !likely.test(name))].slice(0, atMost)
  return {
    topics: chosen.map((name) => byName.get(name) as TopicMetadata),
    left: unread.length - chosen.length,
    read: names.length - unread.length,
  }
}
