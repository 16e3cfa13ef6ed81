import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { LogFile } from './log-file.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'remo-log-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const logFile = (over: Partial<ConstructorParameters<typeof LogFile>[0]> = {}): LogFile =>
  new LogFile({
    folder,
    name: 'remo',
    maxBytes: 100,
    files: 3,
    onLost: (cause) => expect.unreachable(String(cause)),
    ...over,
  })

test('lines are written in order, into a folder that is created if necessary', async () => {
  const file = logFile({ folder: join(folder, 'deep', 'logs'), maxBytes: 1e6 })
  const lines = Array.from({ length: 500 }, (_, index) => `line ${index}`)
  lines.forEach((line) => file.write(line))
  await file.flush()
  expect(readFileSync(join(folder, 'deep', 'logs', 'remo.log'), 'utf8')).toBe(`${lines.join('\n')}\n`)
})

test('a full file is rotated and the oldest beyond the limit is deleted', async () => {
  const file = logFile()
  for (let index = 0; index < 5; index++) {
    file.write(`${index}`.repeat(90))
    await file.flush()
  }
  expect(readdirSync(folder).sort()).toEqual(['remo.1.log', 'remo.2.log', 'remo.log'])
  expect(readFileSync(join(folder, 'remo.log'), 'utf8')).toBe(`${'4'.repeat(90)}\n`)
  expect(readFileSync(join(folder, 'remo.2.log'), 'utf8')).toBe(`${'2'.repeat(90)}\n`)
})

test('a new run continues the file of the run before', async () => {
  writeFileSync(join(folder, 'remo.log'), 'yesterday\n')
  const file = logFile()
  file.write('today')
  await file.flush()
  expect(readFileSync(join(folder, 'remo.log'), 'utf8')).toBe('yesterday\ntoday\n')
})

test('an unwritable folder is reported once, and lines are written again when it is writable', async () => {
  const blocked = join(folder, 'logs')
  writeFileSync(blocked, 'a file where the folder belongs')
  const lost: unknown[] = []
  const file = logFile({ folder: blocked, onLost: (cause) => lost.push(cause) })
  file.write('one')
  await file.flush()
  file.write('two')
  await file.flush()
  expect(lost).toHaveLength(1)
  rmSync(blocked)
  file.write('three')
  await file.flush()
  expect(readFileSync(join(blocked, 'remo.log'), 'utf8')).toBe('three\n')
})
