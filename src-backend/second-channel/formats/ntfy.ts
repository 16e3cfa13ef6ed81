import type { WebhookMessage } from '#shared/notification/webhook-message.ts'
import { messageText } from './message-lines.ts'

/** Longer messages become an attachment. */
const mostBytes = 3_800
const mostTitleBytes = 250

/**
 * The JSON that ntfy takes at its root: headers could hold no text beyond Latin-1.
 * @see https://docs.ntfy.sh/publish/#publish-as-json
 */
export function ntfyPayload(message: WebhookMessage, topic: string): object {
  const { title, kind, status, alerts, truncatedAlerts } = message
  const [first] = alerts
  const isSingle = alerts.length + truncatedAlerts === 1
  return {
    topic,
    title: cutToBytes(title, mostTitleBytes),
    message: messageText(message, (text) => Buffer.byteLength(text) <= mostBytes),
    ...look[kind === 'test' ? 'test' : status],
    ...(first && isSingle ? { click: first.link } : {}),
  }
}

/** Priority 5 rings even if the phone is silent; 3 is the default. Tags are names of emoji. */
const look = {
  firing: { priority: 5, tags: ['rotating_light'] },
  resolved: { priority: 3, tags: ['white_check_mark'] },
  test: { priority: 3, tags: ['bell'] },
} as const

function cutToBytes(text: string, most: number): string {
  if (Buffer.byteLength(text) <= most) return text
  let cut = text
  while (Buffer.byteLength(cut) > most - 3) cut = cut.slice(0, -1)
  return `${cut.replace(/[\ud800-\udbff]$/, '')}…`
}
