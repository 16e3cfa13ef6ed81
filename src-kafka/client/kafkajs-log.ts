import { logLevel, type logCreator } from 'kafkajs'
import type { Log } from '#shared/log.ts'

const quietForMs = 60_000
const maxTexts = 200

let suppressed = false

/**
 * Writes kafkajs' log lines to our log:
 * - Warnings and errors become `info`, each text at most once a minute. The supervisor decides what they mean and warns
 *   itself: "the coordinator is loading" is a normal start.
 * - State changes become `debug`. So do errors of single connections and requests, most of which kafkajs retries.
 */
export function kafkajsLog(log: Log, now: () => number): logCreator {
  const writtenAt = new Map<string, number>()
  return () =>
    ({ level, namespace, log: { message, timestamp: _timestamp, logger: _logger, stack: _stack, ...fields } }) => {
      const line = { text: message, source: namespace, ...fields }
      if (level > logLevel.WARN || namespace === 'Connection') return log.debug('kafkajs', line)
      const last = writtenAt.get(message)
      if (last !== undefined && now() - last < quietForMs) return
      if (writtenAt.size >= maxTexts) writtenAt.clear()
      writtenAt.set(message, now())
      log.info('kafkajs', line)
    }
}

/**
 * kafkajs 2.2.4 sets timers with negative delays. Node 24 warns of the first one in each thread (tulios/kafkajs#1751).
 * `stopIdleChecks` ends them. Drops this warning of kafkajs, and no other.
 */
export function suppressTimerWarning(): void {
  const emit = process.emitWarning.bind(process) as (warning: string | Error, ...rest: unknown[]) => void
  if (suppressed) return
  suppressed = true
  process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    if (rest[0] === 'TimeoutNegativeWarning' && new Error().stack?.includes('scheduleCheckPendingRequests')) return
    emit(warning, ...rest)
  }
}
