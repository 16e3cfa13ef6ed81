import { type Alert, isOwnAlert } from '#shared/alert/alert.ts'
import { ownNodeText } from '#shared/alert/own-text.ts'

/** Words of a filter, in lower case. A row must have each of them. */
export function filterWords(text: string): readonly string[] {
  return text.toLowerCase().split(/\s+/).filter(Boolean)
}

/** What the filter looks at: node, name, metric, rule, comments, and who acknowledged or has it. `names`: shown texts. */
export function alertText(alert: Alert, names: readonly string[]): string {
  const { acknowledgement: ack, notes = [] } = alert
  const people = ack ? [ack.by, ack.comment] : []
  const written = notes.flatMap(({ by, to, comment }) => [by, to ?? '', comment])
  const node = isOwnAlert(alert) ? ownNodeText : alert.nodeId
  return [node, alert.nodeName, alert.metric, alert.severity, ...names, ...people, ...written].join('\n').toLowerCase()
}

export function hasWords(text: string, words: readonly string[]): boolean {
  return words.every((word) => text.includes(word))
}
