import { expect, test } from 'vitest'
import { plaintextNotice } from './plaintext-notice.ts'

test.each([
  'https://remo.example',
  'http://localhost:8000',
  'http://127.0.0.1',
  'http://[::1]:8000',
  'http://a.localhost',
])('nothing is said of %s', (url) => {
  expect(plaintextNotice(url)).toBeUndefined()
})

test.each(['http://remo.example', 'http://10.0.0.1:8000', 'http://127.example.com', 'http://localhost.evil.example'])(
  'that %s is not encrypted is said',
  (url) => {
    expect(plaintextNotice(url)).toMatchObject({ id: 'backend-not-encrypted', severity: 'warning' })
  },
)
