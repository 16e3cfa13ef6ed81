import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { longestBytes, type OwnSound, readOwnSound } from './own-sound.ts'

const folder = mkdtempSync(join(tmpdir(), 'remo-own-sound-'))
const file = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}

test('a file of the largest size is read', async () => {
  const own = await readOwnSound(file('largest.wav', new Uint8Array(longestBytes)))
  expect(own.ok && own.bytes.length).toBe(longestBytes)
})

test.each([
  ['gone.wav', 'does not exist'],
  ['largest.wav/inside.wav', 'does not exist'],
  ['.', 'is not a file'],
  ['empty.wav', 'is empty'],
  ['large.wav', 'is larger than 10 MB'],
])('%s: %s', async (name, problem) => {
  file('empty.wav', '')
  file('large.wav', new Uint8Array(longestBytes + 1))
  mkdirSync(join(folder, 'deep'), { recursive: true })
  expect(await readOwnSound(join(folder, name))).toEqual({ ok: false, problem })
})

test('a path that is not full, or that no system has, is a problem and no error', async () => {
  expect(await readOwnSound('own.wav')).toEqual({ ok: false, problem: 'has no full path' })
  expect(await readOwnSound(join(folder, 'a\0b'))).toMatchObject({ ok: false })
})

test('a folder that does not answer in time is a problem', async () => {
  const never = () => new Promise<OwnSound>(() => undefined)
  expect(await readOwnSound(join(folder, 'slow.wav'), { read: never, limitMs: 10 })).toEqual({
    ok: false,
    problem: 'could not be read within 0.01 s',
  })
})
