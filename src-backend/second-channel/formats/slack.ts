import type { WebhookMessage } from '#shared/notification/webhook-message.ts'
import { messageText } from './message-lines.ts'

/** Slack splits longer messages. */
const mostCharacters = 3_900

/**
 * `{ text }` of an incoming webhook: Slack, Mattermost, Rocket.Chat and Google Chat take it.
 * @see https://docs.slack.dev/messaging/formatting-message-text
 */
export function slackPayload(message: WebhookMessage): { readonly text: string } {
  const title = escapeMrkdwn(message.title)
  const fits = (text: string): boolean => title.length + escapeMrkdwn(text).length <= mostCharacters
  return { text: `${icon(message)} ${title}\n${escapeMrkdwn(messageText(message, fits))}` }
}

function icon({ kind, status }: WebhookMessage): string {
  if (kind === 'test') return ':bell:'
  return status === 'firing' ? ':rotating_light:' : ':white_check_mark:'
}

/**
 * A name must not become a link or call a channel: Slack reads `<!channel>`, Mattermost also `@all`. A zero-width space
 * ends the mention.
 */
function escapeMrkdwn(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/@(?=\w)/g, '@\u200b')
}
