import { metricPattern, teamTopics } from '#shared/team/team-topics.ts'
import { matchingTopics } from '../client/topics.ts'
import type { ClusterMetadata } from '../wire/metadata.ts'
import type { Finding } from './step-report.ts'
import type { TestContext } from './test-context.ts'
import { listed, plural } from './test-sentences.ts'

/** Topics of which a form shows the names. */
const namedAtMost = 100

/** The topics that ReMo would read. */
export interface TopicsToRead {
  readonly metrics: readonly string[]
  /** Those of the team that exist. Empty without a backend. */
  readonly team: readonly string[]
}

/** Step 6: which topics match. A topic that does not exist yet is no failure: ReMo finds it later. */
export function findTopics({ connection }: TestContext, { topics }: ClusterMetadata): Finding<TopicsToRead> {
  const names = topics.map(({ topic }) => topic)
  const metrics = matchingTopics(names, metricPattern(connection.topicPattern))
  const { rules, alerts } = teamTopics(connection.team ?? '')
  const wanted = connection.team === undefined ? [] : [rules, alerts]
  const team = wanted.filter((topic) => names.includes(topic))
  const missing = wanted.filter((topic) => !names.includes(topic))
  const visible = matchingTopics(names, '.')
  const found = { metrics, team }
  const facts = { topics: metrics.slice(0, namedAtMost) }
  if (metrics.length === 0) {
    return {
      outcome: {
        state: 'warning',
        text: `No topic matches ${connection.topicPattern}. ${otherTopics(visible)}`,
        willNotWork: 'ReMo will show no nodes until a topic matches.',
        ...facts,
      },
      found,
    }
  }
  const text = `${metrics.length} of ${plural(visible.length, 'topic')} ${metrics.length === 1 ? 'matches' : 'match'} ${connection.topicPattern}: ${listed(metrics)}.`
  if (missing.length === 0) return { outcome: { state: 'ok', text, ...facts }, found }
  return {
    outcome: {
      state: 'warning',
      text: `${text} The backend's ${missing.length === 1 ? 'topic' : 'topics'} ${missing.join(' and ')} cannot be seen: start the backend, check the team, or grant Describe.`,
      willNotWork: 'ReMo will not receive the thresholds and alerts of the team.',
      ...facts,
    },
    found,
  }
}

function otherTopics(visible: readonly string[]): string {
  if (visible.length === 0) return 'No topic can be seen at all: start a producer, or grant Describe.'
  return `${plural(visible.length, 'topic')} can be seen: ${listed(visible)}. Change the pattern, or start a producer.`
}
