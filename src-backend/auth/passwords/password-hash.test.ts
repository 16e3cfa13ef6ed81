import { hash, parseOptions } from '@node-rs/argon2'
import { expect, test } from 'vitest'
import { createPasswordHasher } from './password-hash.ts'

const hasher = createPasswordHasher()

test('a password is stored as argon2id with 19 MiB, two passes and its own salt', async () => {
  const [one, two] = await Promise.all([hasher.hash('violet anvil'), hasher.hash('violet anvil')])
  const { algorithm, memoryCost, timeCost, parallelism } = parseOptions(one)
  expect({ algorithm, memoryCost, timeCost, parallelism }).toEqual({
    algorithm: 2,
    memoryCost: 19_456,
    timeCost: 2,
    parallelism: 1,
  })
  expect(one).not.toBe(two)
  expect(hasher.isOutdated(one)).toBe(false)
})

test('only the exact password matches: nothing is cut off, trimmed or folded', async () => {
  const long = 'a'.repeat(255)
  const stored = await hasher.hash(`${long}b`)
  const tries = [`${long}b`, `${long}c`, long, `${long}b `, `${long}B`]
  expect(await Promise.all(tries.map((password) => hasher.verify(stored, password)))).toEqual([
    true,
    false,
    false,
    false,
    false,
  ])
})

test('a missing user has no valid password', async () => {
  expect(await Promise.all(['', 'x', '\0'].map((password) => hasher.verify(undefined, password)))).toEqual([
    false,
    false,
    false,
  ])
})

test('a hash of a lower cost is outdated', async () => {
  const weak = await hash('violet anvil', { memoryCost: 8_192, timeCost: 1, parallelism: 1 })
  expect(hasher.isOutdated(weak)).toBe(true)
  expect(await hasher.verify(weak, 'violet anvil')).toBe(true)
})

test('requests beyond the queue are refused immediately; queued ones are served', async () => {
  const results = await Promise.allSettled(Array.from({ length: 60 }, () => hasher.verify(undefined, 'x')))
  const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []))
  expect(refused).toHaveLength(60 - 34)
  expect(refused[0]).toMatchObject({ code: 'too_many_requests', extra: { retryAfterSeconds: 1 } })
})
