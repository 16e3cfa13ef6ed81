import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { logTo } from '../../threads/thread-log.ts'
import { WindowStateFile } from './window-state-file.ts'

let folder: string
let path: string
const warnings: string[] = []
const log = logTo((line) => warnings.push(line.message))
beforeEach(() => {
  warnings.length = 0
  folder = mkdtempSync(join(tmpdir(), 'remo-window-'))
  path = join(folder, 'window.json')
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

test('the next run reads the saved state', async () => {
  const stateFile = new WindowStateFile(path, log)
  stateFile.update({ bounds: { x: 1, y: 2, width: 800, height: 600 } })
  stateFile.update({ maximized: true, exportFolder: '/home/ada' })
  await stateFile.flush()
  expect(new WindowStateFile(path, log).value).toEqual({
    bounds: { x: 1, y: 2, width: 800, height: 600 },
    maximized: true,
    exportFolder: '/home/ada',
    trayHintGiven: false,
  })
  expect(warnings).toEqual([])
})

test.each(['', '{', '[]', '{"bounds":{"x":"left"}}', '{"maximized":1}'])(
  '%j in the file gives defaults and a warning',
  (text) => {
    writeFileSync(path, text)
    expect(new WindowStateFile(path, log).value).toEqual({ maximized: false, trayHintGiven: false })
    expect(warnings).toEqual(['saved state is unreadable, starting fresh'])
  },
)

test('an unwritable folder gives a warning only', async () => {
  const stateFile = new WindowStateFile(join(folder, 'gone', 'window.json'), log)
  stateFile.update({ maximized: true })
  await stateFile.flush()
  expect([stateFile.value.maximized, warnings]).toEqual([true, ['cannot save state']])
})
