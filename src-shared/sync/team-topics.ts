import { z } from 'zod'

/** Topics with this prefix belong to ReMo: they hold no metrics, whatever pattern an operator sets. */
const ownPrefix = 'remo-'

/** Kafka header of a record on a team topic: the id of the database that published it. ReMo 0.1.0 writes none. */
export const databaseHeader = 'remo-database'

/** Name of a team on a Kafka that several teams share. Empty: the only team. */
export const TeamName = z
  .string()
  .regex(/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38}[A-Za-z0-9])?$/, 'expected up to 40 letters, digits and dashes')

export type TeamTopicKind = 'rules' | 'alerts'

/** The compacted topics through which one backend reaches the consoles of its team. */
export type TeamTopics = Readonly<Record<TeamTopicKind, string>>

/** `remo-rules` and `remo-alerts` without a team, `remo-blue-rules` and `remo-blue-alerts` for the team `blue`. */
export function teamTopics(team = ''): TeamTopics {
  const prefix = teamPrefix(team)
  return { rules: `${prefix}rules`, alerts: `${prefix}alerts` }
}

/** Prefix of all that a team's backend owns in Kafka: topics and consumer groups. */
export function teamPrefix(team: string): string {
  return team === '' ? ownPrefix : `${ownPrefix}${team}-`
}

/** What a topic of this team contains; `undefined` for every other topic. */
export function teamTopicKind(topics: TeamTopics, topic: string): TeamTopicKind | undefined {
  if (topic === topics.rules) return 'rules'
  return topic === topics.alerts ? 'alerts' : undefined
}

/** The pattern of the metric topics only. */
export function metricPattern(pattern: string): string {
  return `^(?!${ownPrefix})(?=.*(?:${pattern}))`
}
