import { expect, test } from 'vitest'
import { plaintextNotice } from './plaintext-notice.ts'

test.each([
  'https://remo.example',
  'http://localhost:8000',
  'http://127.0.0.1',
  'http://[::1]:8000',
  'http://a.localhost',
])('%s needs no notice', (url) => {
  expect(plaintextNotice(url)).toBeUndefined()
})

test.each(['http://remo.example', 'http://10.0.0.1:8000', 'http://127.example.com', 'http://localhost.evil.example'])(
  '%s has a notice: not encrypted',
  (url) => {
    expect(plaintextNotice(url)).toMatchObject({ id: 'backend-not-encrypted', severity: 'warning' })
  },
)
