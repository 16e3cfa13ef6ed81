import { logLevel } from 'kafkajs'
import { expect, test } from 'vitest'
import { type LogLine, logTo } from '../../src-main/threads/thread-log.ts'
import { kafkajsLog } from './kafkajs-log.ts'
import { suppressTimerWarning } from './kafkajs-log.ts'

function aLog() {
  const lines: LogLine[] = []
  let now = 0
  const write = kafkajsLog(
    logTo((line) => lines.push(line)),
    () => now,
  )(logLevel.INFO)
  const kafkajs = (level: logLevel, namespace: string, message: string) =>
    write({ level, namespace, label: '', log: { message, timestamp: 'then', logger: 'kafkajs', groupId: 'g' } })
  return { lines, kafkajs, pass: (ms: number) => (now += ms) }
}

test('a warning is logged once a minute, with its source and fields', () => {
  const { lines, kafkajs, pass } = aLog()
  kafkajs(logLevel.ERROR, 'Consumer', 'it failed')
  kafkajs(logLevel.ERROR, 'Consumer', 'it failed')
  pass(60_000)
  kafkajs(logLevel.ERROR, 'Consumer', 'it failed')
  const line = { level: 'info', message: 'kafkajs', fields: { text: 'it failed', source: 'Consumer', groupId: 'g' } }
  expect(lines).toEqual([line, line])
})

test('state changes and errors of single connections are debug', () => {
  const { lines, kafkajs } = aLog()
  kafkajs(logLevel.INFO, 'Consumer', 'started')
  kafkajs(logLevel.ERROR, 'Connection', 'closed')
  expect(lines.map(({ level }) => level)).toEqual(['debug', 'debug'])
})

test('only the warning about kafkajs timers is dropped', async () => {
  const seen: string[] = []
  const listener = (warning: Error) => seen.push(warning.message)
  process.on('warning', listener)
  suppressTimerWarning()
  suppressTimerWarning()
  // has the name of the kafkajs method that sets the timer
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
