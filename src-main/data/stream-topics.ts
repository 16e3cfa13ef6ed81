import { sharedTopics } from '#shared/sync/records.ts'

/** ReMo's own topics begin so: they hold no metrics, whatever pattern an operator asks for. */
const own = 'remo-'

/** The pattern of all that the stream reads: topics of metrics and, with a backend, those by which it speaks. */
export function streamPattern(metrics: string, shared: boolean): string {
  const ofMetrics = `^(?!${own})(?=.*(?:${metrics}))`
  return shared ? `^(?:${Object.values(sharedTopics).join('|')})$|${ofMetrics}` : ofMetrics
}

/** What a topic of the backend speaks of; `undefined` for a topic of metrics. */
export function sharedKind(topic: string): 'rules' | 'alerts' | undefined {
  if (topic === sharedTopics.rules) return 'rules'
  return topic === sharedTopics.alerts ? 'alerts' : undefined
}
