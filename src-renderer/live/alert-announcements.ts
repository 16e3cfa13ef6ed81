import type { Alert } from '#shared/alert/alert.ts'
import { alertNode, alertSentence } from '#shared/alert/alert-text.ts'
import type { Bridge } from '../bridge/bridge.ts'
import { clockTime } from './local-time.ts'

const batchMs = 2000

/** Announces critical alerts: one sentence for all that opened within two seconds. @returns stops listening */
export function announceAlerts(bridge: Bridge, say: (sentence: string) => void): () => void {
  const known = new Set<string>()
  let fresh: Alert[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  const off = bridge.on('alerts.changed', (alerts) => {
    for (const alert of alerts) {
      const critical = alert.phase === 'firing' && alert.severity === 'critical'
      if (!critical) known.delete(alert.id)
      else if (!known.has(alert.id) && !alert.acknowledgement) {
        known.add(alert.id)
        fresh.push(alert)
      }
    }
    if (fresh.length === 0) return
    timer ??= setTimeout(() => {
      timer = undefined
      const [first] = fresh
      if (first)
        say(
          fresh.length === 1
            ? `New critical alert: ${alertNode(first)}, ${alertSentence(first, { timeOf: clockTime })}`
            : `${fresh.length} new critical alerts`,
        )
      fresh = []
    }, batchMs)
  })
  return () => {
    off()
    clearTimeout(timer)
  }
}
