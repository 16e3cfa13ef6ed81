import type { AlertEvent } from '#shared/alert/alert.ts'
import { alertTimelineOperation } from '#shared/rest/alerts.ts'
import type { CallBackend } from '../rest/rest-client.ts'

/** Events of one alert: more than one has. */
const atMost = '1000'

/** The timeline of an alert as the backend has it, oldest first. Empty if it does not have it or does not answer. */
export async function timelineOfBackend(call: CallBackend, id: string): Promise<AlertEvent[]> {
  const response = await call(alertTimelineOperation, { params: { id }, query: { limit: atMost } })
  return response.ok ? response.body.toSorted((a, b) => a.at - b.at) : []
}
