import { logLevel, type logCreator } from 'kafkajs'
import type { Log } from '#shared/log.ts'

const quietForMs = 60_000
const rememberAtMost = 200

/**
 * kafkajs writes into our log: its warnings and errors as information, each text at most once a minute, since the
 * supervisor above judges what they come to ("the coordinator is loading" is an ordinary start) and warns itself. Its
 * state changes are debug, and so are the errors of single connections and requests, most of which it retries.
 */
export function kafkaLog(log: Log, now: () => number): logCreator {
  const writtenAt = new Map<string, number>()
  return () =>
    ({ level, namespace, log: { message, timestamp: _timestamp, logger: _logger, stack: _stack, ...fields } }) => {
      const line = { text: message, source: namespace, ...fields }
      if (level > logLevel.WARN || namespace === 'Connection') return log.debug('kafkajs', line)
      const last = writtenAt.get(message)
      if (last !== undefined && now() - last < quietForMs) return
      if (writtenAt.size >= rememberAtMost) writtenAt.clear()
      writtenAt.set(message, now())
      log.info('kafkajs', line)
    }
}
