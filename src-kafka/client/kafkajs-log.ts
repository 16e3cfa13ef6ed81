import { logLevel, type logCreator } from 'kafkajs'
import type { Log } from '#shared/log.ts'

const quietForMs = 60_000
const maxTexts = 200

let suppressed = false

/**
 * kafkajs writes into our log: its warnings and errors as information, each text at most once a minute, since the
 * supervisor above judges what they come to ("the coordinator is loading" is an ordinary start) and warns itself. Its
 * state changes are debug, and so are the errors of single connections and requests, most of which it retries.
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
 * kafkajs 2.2.4 asks for timers in the past, and Node 24 warns of the first one in each thread (tulios/kafkajs#1751).
 * It does no harm: such a timer fires at once. That one warning from that one place is dropped, every other is shown.
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
