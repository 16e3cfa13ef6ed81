import { expect, test } from 'vitest'
import { silenceKafkaTimerWarning } from './timer-warning.ts'

test('only the warning about the timers of kafkajs is dropped', async () => {
  const seen: string[] = []
  const listener = (warning: Error) => seen.push(warning.message)
  process.on('warning', listener)
  silenceKafkaTimerWarning()
  silenceKafkaTimerWarning()
  // named as the method of kafkajs that asks for the timer
  function scheduleCheckPendingRequests() {
    process.emitWarning('from kafkajs', 'TimeoutNegativeWarning')
    process.emitWarning('another kind', 'DeprecationWarning')
  }
  scheduleCheckPendingRequests()
  process.emitWarning('from elsewhere', 'TimeoutNegativeWarning')
  await new Promise(setImmediate)
  process.off('warning', listener)
  expect(seen).toEqual(['another kind', 'from elsewhere'])
})
