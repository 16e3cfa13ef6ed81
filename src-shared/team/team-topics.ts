import { z } from 'zod'

/** Topics with this prefix belong to ReMo. They contain no metrics, whatever the topic pattern. */
const ownPrefix = 'remo-'

/** Kafka header of a record on a team topic: the id of the database that published it. ReMo 0.1.0 writes none. */
export const databaseHeader = 'remo-database'

/** Name of a team, if several teams use one Kafka. Empty: the only team. */
export const TeamName = z
  .string()
  .regex(/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38}[A-Za-z0-9])?$/, 'expected up to 40 letters, digits and dashes')

export type TeamTopicKind = 'rules' | 'alerts'

/**
 * The compacted topics through which one backend reaches the consoles of its team. The key of each record is the id.
 */
export type TeamTopics = Readonly<Record<TeamTopicKind, string>>

/**
 * `remo-rules` and `remo-alerts` without a team; `remo-blue-rules` and `remo-blue-alerts` for the team `blue`. The
 * outbox stores the names without a team; the relay maps them.
 */
export function teamTopics(team = ''): TeamTopics {
  const prefix = teamPrefix(team)
  return { rules: `${prefix}rules`, alerts: `${prefix}alerts` }
}

/** Prefix of the topics and consumer groups of a team's backend. */
export function teamPrefix(team: string): string {
  return team === '' ? ownPrefix : `${ownPrefix}${team}-`
}

/** Kind of a topic of this team; `undefined` for any other topic. */
export function teamTopicKind(topics: TeamTopics, topic: string): TeamTopicKind | undefined {
  if (topic === topics.rules) return 'rules'
  return topic === topics.alerts ? 'alerts' : undefined
}

/** Pattern that matches metrics topics only. */
export function metricPattern(pattern: string): string {
  return `^(?!${ownPrefix})(?=.*(?:${pattern}))`
}
