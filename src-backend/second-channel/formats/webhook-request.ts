import { ntfyAddress, type WebhookTarget } from '../target.ts'
import type { WebhookMessage } from '#shared/notification/webhook-message.ts'
import { alertmanagerPayload } from './alertmanager.ts'
import { ntfyPayload } from './ntfy.ts'
import { slackPayload } from './slack.ts'

/** What is sent, before signature and authorization. */
export interface WebhookRequest {
  readonly url: URL
  /** JSON. The same message has the same text. */
  readonly body: string
}

export function webhookRequest(message: WebhookMessage, { url, format }: WebhookTarget): WebhookRequest {
  switch (format) {
    case 'json':
      return { url, body: JSON.stringify(message) }
    case 'slack':
      return { url, body: JSON.stringify(slackPayload(message)) }
    case 'alertmanager':
      return { url, body: JSON.stringify(alertmanagerPayload(message)) }
    case 'ntfy': {
      const address = ntfyAddress(url)
      if (!address) throw new Error('The address has no topic.')
      return { url: address.publishUrl, body: JSON.stringify(ntfyPayload(message, address.topic)) }
    }
  }
}
