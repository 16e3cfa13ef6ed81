import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { nullLog } from '../../../tests/support/null-log.ts'
import { VersionHistory } from './whats-new.ts'

const changelog = '# Changelog\n\n## 0.2.1\n\n- b\n\n## 0.2.0\n\n- a\n'
let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'remo-versions-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

/** One run of a version: what it shows, and then the operator looks at it, or not. */
async function run(version: string, { ranBefore = false, looks = false } = {}) {
  const history = new VersionHistory({ path: join(dir, 'versions.json'), version, changelog, ranBefore, log: nullLog })
  const { whatsNew, isChanged } = history
  if (looks) history.see()
  await history.flush()
  return { isUnseen: whatsNew.isUnseen, notes: whatsNew.notes, isChanged }
}

test('a new user is told nothing, and can read the notes', async () => {
  expect(await run('0.2.0')).toEqual({ isUnseen: false, notes: '- a', isChanged: false })
  expect(await run('0.2.0')).toMatchObject({ isUnseen: false, isChanged: false })
})

test('after an upgrade the notes are shown until they were seen', async () => {
  await run('0.2.0')
  expect(await run('0.2.1')).toEqual({ isUnseen: true, notes: '- b', isChanged: true })
  expect(await run('0.2.1', { looks: true })).toMatchObject({ isUnseen: true, isChanged: false })
  expect(await run('0.2.1')).toMatchObject({ isUnseen: false })
})

test('an upgrade from 0.1.0, which kept no versions, is one too', async () => {
  expect(await run('0.2.0', { ranBefore: true, looks: true })).toMatchObject({ isUnseen: true, isChanged: true })
  expect(await run('0.2.0', { ranBefore: true })).toMatchObject({ isUnseen: false, isChanged: false })
})

test('a downgrade shows nothing, and neither does the way back', async () => {
  await run('0.2.1')
  expect(await run('0.2.0')).toMatchObject({ isUnseen: false, isChanged: true })
  expect(await run('0.2.1')).toMatchObject({ isUnseen: false, isChanged: true })
})

test('a version without a section has nothing to show', async () => {
  await run('0.2.0')
  expect(await run('0.3.0')).toMatchObject({ isUnseen: false, notes: '' })
})
