import { metricPattern, type TeamTopics } from '#shared/team/team-topics.ts'

/** The pattern of all topics to read: metrics and, with a backend, the topics of its team. */
export function streamPattern(metrics: string, team: TeamTopics | undefined): string {
  const ofMetrics = metricPattern(metrics)
  return team ? `^(?:${team.rules}|${team.alerts})$|${ofMetrics}` : ofMetrics
}
