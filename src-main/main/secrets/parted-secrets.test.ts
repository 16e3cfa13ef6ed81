import fc from 'fast-check'
import { expect, test } from 'vitest'
import { answerRequest, entryLimit } from './parted-secrets.ts'
import type { Keychain } from './parted-secrets.ts'

const windows = entryLimit('win32')
const account = 'kafka key of prod'
const entry = { service: 'ReMo', account } as const

/** Credential Manager: an entry has a greatest length. */
class FakeKeychain implements Keychain {
  readonly entries = new Map<string, string>()
  readonly #limit: number
  /** Entries that can still be written. */
  writes = Number.POSITIVE_INFINITY

  constructor(limit: number) {
    this.#limit = limit
  }

  getPassword(_service: string, name: string): Promise<string | null> {
    return Promise.resolve(this.entries.get(name) ?? null)
  }

  setPassword(_service: string, name: string, secret: string): Promise<void> {
    if (Buffer.byteLength(secret) > this.#limit) return Promise.reject(new Error('The stub received bad data.'))
    if (this.writes-- <= 0) return Promise.reject(new Error('the process was killed'))
    this.entries.set(name, secret)
    return Promise.resolve()
  }

  deletePassword(_service: string, name: string): Promise<boolean> {
    return Promise.resolve(this.entries.delete(name))
  }
}

function on(limit: number) {
  const keychain = new FakeKeychain(limit)
  return {
    keychain,
    write: (secret: string) => answerRequest(keychain, { kind: 'write', secret, ...entry }, limit),
    read: () => answerRequest(keychain, { kind: 'read', ...entry }, limit),
    remove: () => answerRequest(keychain, { kind: 'delete', ...entry }, limit),
  }
}

test('Windows keeps a key that is longer than its entries, and deletes all of it', async () => {
  const { keychain, write, read, remove } = on(windows)
  const key = `-----BEGIN PRIVATE KEY-----\n${'A'.repeat(3_200)}\n-----END PRIVATE KEY-----\n`
  await write(key)
  expect(await read()).toBe(key)
  expect(keychain.entries.size).toBe(3)
  await remove()
  expect([await read(), keychain.entries.size]).toEqual([null, 0])
})

test('any secrets after each other are read as they were written, and nothing of an older one stays', async () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'ü', '€', '😀'), minLength: 1, maxLength: 40 })
  const secret = fc.oneof(text, fc.constant('remo-parts:2'))
  await fc.assert(
    fc.asyncProperty(fc.array(secret, { minLength: 1, maxLength: 4 }), async (secrets) => {
      const { keychain, write, read, remove } = on(16)
      for (const one of secrets) {
        await write(one)
        expect(await read()).toBe(one)
      }
      await remove()
      expect(keychain.entries.size).toBe(0)
    }),
  )
})

test.for([[''], ['y'.repeat(20)]])(
  'a write that is interrupted leaves no mixture, also after %j',
  async ([before = '']) => {
    const { keychain, write, read } = on(16)
    if (before !== '') await write(before)
    keychain.writes = 2
    await expect(write('x'.repeat(40))).rejects.toThrow('killed')
    expect(await read()).toBeNull()
  },
)

test('a secret with a part that somebody deleted is gone, not wrong', async () => {
  const { keychain, write, read } = on(16)
  await write('x'.repeat(40))
  keychain.entries.delete(`${account} (part 2)`)
  expect(await read()).toBeNull()
})

test('other keychains have one entry for each secret, and no other meaning for it', async () => {
  const { keychain, write, read } = on(entryLimit('darwin'))
  const secrets = ['x'.repeat(5_000), 'remo-parts:2']
  for (const secret of secrets) {
    await write(secret)
    expect(await read()).toBe(secret)
    expect(keychain.entries.size).toBe(1)
  }
})
