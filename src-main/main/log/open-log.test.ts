import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openLog, type LogSettings } from './open-log.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'remo-log-'))
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
})
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true, force: true })
})

test('the format and the level of the log change at once, in the file and on the terminal', async () => {
  let settings: LogSettings = { level: 'info', format: 'text' }
  const { log, flush } = openLog(folder, () => settings)
  log.debug('not written')
  log.warn('kafka is lost', { part: 'kafka', attempt: 1 })
  settings = { level: 'debug', format: 'json' }
  log.debug('connecting', { part: 'kafka' })
  log.warn('kafka is lost', { part: 'kafka', cause: new Error('refused') })
  await flush()
  const lines = readFileSync(join(folder, 'logs', 'remo.log'), 'utf8')
    .trimEnd()
    .split('\n')
  expect(lines).toHaveLength(3)
  expect(lines[0]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z WARN kafka: kafka is lost attempt=1$/)
  const [debug, warning] = lines.slice(1).map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(debug).toEqual({ time: debug?.['time'], level: 'debug', part: 'kafka', msg: 'connecting' })
  expect(new Date(String(debug?.['time'])).toISOString()).toBe(debug?.['time'])
  expect(warning).toMatchObject({ level: 'warn', cause: { message: 'refused' } })
  const printed = vi.mocked(process.stderr.write).mock.calls.map(([text]) => String(text))
  expect(printed).toHaveLength(2)
  expect(JSON.parse(printed[1] ?? '')).toMatchObject({ level: 'warn', msg: 'kafka is lost', cause: 'refused' })
})
