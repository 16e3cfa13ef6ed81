import { expect, test } from 'vitest'
import { alertIdOfLink } from './deep-links.ts'

const id = '0b2e6a52-54a5-8f3c-9d5e-4d2f0f6a7b11'

test('a link to an alert gives its id', () => {
  expect([`remo://alert/${id}`, `remo://alert/${id}/`, `REMO://alert/${id.toUpperCase()}`].map(alertIdOfLink)).toEqual([
    id,
    id,
    id,
  ])
})

test.each([
  '',
  'remo:',
  'remo://alert/',
  'remo://alert/../x',
  `remo://node/${id}`,
  `https://alert/${id}`,
  `remo://alert/${id}?x=1`,
])('%j gives no id', (link) => {
  expect(alertIdOfLink(link)).toBeUndefined()
})
