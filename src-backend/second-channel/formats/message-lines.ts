import type { WebhookMessage } from '#shared/notification/webhook-message.ts'

/**
 * The message as lines: its text, a line for each alert, and how many are left out. A single alert is in the title.
 * @param fits whether a text is short enough for the receiver
 */
export function messageText(message: WebhookMessage, fits: (text: string) => boolean): string {
  const { alerts, text, truncatedAlerts } = message
  const isSingle = alerts.length + truncatedAlerts === 1
  const lines = isSingle
    ? []
    : alerts.map(({ summary, status }) => (status === 'resolved' ? `Resolved: ${summary}` : summary))
  for (let named = lines.length; named > 0; named--) {
    const whole = withLines(text, lines.slice(0, named), lines.length - named + truncatedAlerts)
    if (fits(whole)) return whole
  }
  return text
}

function withLines(text: string, lines: readonly string[], more: number): string {
  return [text, ...lines, ...(more > 0 ? [`and ${more} more`] : [])].join('\n')
}
