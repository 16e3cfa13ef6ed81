import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ConsoleStore } from '../store/console-store.ts'
import { ReadStore } from '../store/read-store.ts'
import { aBatchWrite, aFolder, startAt } from '../store/store-builders.ts'
import { exportRejected } from './rejected-export.ts'

function cacheWith(count: number) {
  const folder = aFolder()
  const { store } = ConsoleStore.open(folder.dir, startAt)
  const rejects = Array.from({ length: count }, (_, offset) => ({
    position: { topic: 'metrics-a', partition: 0, offset },
    at: startAt + offset,
    reject: { code: 'not-json' as const, reason: `not JSON, "${offset}"` },
    head: Uint8Array.of(0x78, 0xff),
  }))
  if (count > 0) store.commitBatch(aBatchWrite({ rejects }))
  const read = ReadStore.open(folder.dir)
  onTestFinished(() => {
    read.close()
    store.close()
    folder.dispose()
  })
  return { read, path: (name: string) => join(folder.dir, name) }
}

test('CSV has all of them, newest first', async () => {
  const { read, path } = cacheWith(1_200)
  expect(await exportRejected(read, { path: path('a.csv'), zone: 'utc' })).toEqual({ rows: 1_200 })
  const lines = readFileSync(path('a.csv'), 'utf8').trimEnd().split('\r\n')
  expect(lines).toHaveLength(1_201)
  expect(lines[1]).toMatch(/^[\d-]+T[\d:.]+Z,metrics-a,0,1199,not-json,"not JSON, ""1199""",x\ufffd$/)
})

test('JSON by the ending of the name, with all bytes; also without a record', async () => {
  const { read, path } = cacheWith(2)
  await exportRejected(read, { path: path('a.JSON'), zone: 'local' })
  const list = JSON.parse(readFileSync(path('a.JSON'), 'utf8')) as unknown[]
  expect(list).toEqual([expect.objectContaining({ offset: 1, base64: 'eP8=' }), expect.objectContaining({ offset: 0 })])
  const none = cacheWith(0)
  expect(await exportRejected(none.read, { path: none.path('b.json'), zone: 'utc' })).toEqual({ rows: 0 })
  expect(JSON.parse(readFileSync(none.path('b.json'), 'utf8'))).toEqual([])
})
