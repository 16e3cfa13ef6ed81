/**
 * kafkajs 2.2.4 asks for timers in the past, and Node 24 warns of the first one in each thread (tulios/kafkajs#1751).
 * It does no harm: such a timer fires at once. That one warning from that one place is dropped, every other is shown.
 */
export function silenceKafkaTimerWarning(): void {
  const emit = process.emitWarning.bind(process) as (warning: string | Error, ...rest: unknown[]) => void
  if (silenced) return
  silenced = true
  process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    if (rest[0] === 'TimeoutNegativeWarning' && new Error().stack?.includes('scheduleCheckPendingRequests')) return
    emit(warning, ...rest)
  }
}

let silenced = false
