import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { passwordWeakness } from './password-policy.ts'

const owner = { username: 'Ann.Lee', email: 'annabel@ops.example' }
const weakness = (password: string, minLength = 12) => passwordWeakness(password, { owner, minLength })

test.each([
  'violet anvil harbour',
  'tr0mbone-Kettle',
  '  spaces count too  ',
  'ключ от старого маяка',
  'no password is too long to remember '.repeat(7),
  'x'.repeat(3) + 'y'.repeat(3) + 'zebra-lamp',
])('%j is accepted: there are no rules of composition', (password) => {
  expect(weakness(password)).toBeUndefined()
})

test('length is counted in characters, not in UTF-16 units', () => {
  expect(weakness('🦊🦉🐢🐙🦑🦐🦞🦀🐡🐠🐟')).toBe('Use at least 12 characters.')
  expect(weakness('🦊🦉🐢🐙🦑🦐🦞🦀🐡🐠🐟🐬')).toBeUndefined()
})

test.each([
  'password1234',
  'PassWord1234',
  'qwertyuiop123',
  '123456789012',
  'zzzzzzzzzzzz',
  'correcthorsebatterystaple',
])('%s is refused as a common password', (password) => {
  expect(weakness(password)).toMatch(/too common/)
})

test.each(['ann.lee-is-at-sea', 'the ANNABEL lighthouse', 'annabel@ops.example'])(
  '%s is refused because it contains the name or the address',
  (password) => {
    expect(weakness(password)).toMatch(/username or email address/)
  },
)

test('a name of two letters is no reason to refuse', () => {
  const short = { username: 'al', email: 'al@ops.example' }
  expect(passwordWeakness('royal palm valley', { owner: short, minLength: 12 })).toBeUndefined()
})

test('the list is long, and each of its passwords has at least the minimum length', () => {
  const lines = readFileSync(new URL('./common-passwords.txt', import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
  expect(lines.length).toBeGreaterThan(3_000)
  expect(lines.filter((line) => line.length < 8 || line !== line.normalize('NFKC').toLowerCase())).toEqual([])
  expect(new Set(lines).size).toBe(lines.length)
})
