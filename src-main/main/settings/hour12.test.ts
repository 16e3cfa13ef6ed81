import { expect, test } from 'vitest'
import { usesHour12 } from './hour12.ts'

test.for([
  [{ LANG: 'en_US.UTF-8' }, true],
  [{ LANG: 'de_CH.UTF-8' }, false],
  [{ LANG: 'en_US.UTF-8', LC_TIME: 'de_DE.UTF-8' }, false],
  [{ LANG: 'de_DE.UTF-8', LC_TIME: 'en_US.UTF-8', LC_ALL: 'en_GB.UTF-8' }, false],
  [{ LANG: 'en_US.UTF-8', LC_TIME: '' }, true],
  [{ LANG: 'C.UTF-8' }, false],
  [{ LANG: 'ca_ES@valencia' }, false],
  [{ LANG: '!!' }, false],
  [{}, false],
] as const)('%j on Linux: 12 h is %s', ([env, expected]) => {
  expect(usesHour12({ platform: 'linux', env, locale: 'en-US' })).toBe(expected)
})

test('elsewhere the region says so', () => {
  expect(usesHour12({ platform: 'win32', env: { LANG: 'de_DE' }, locale: 'en-US' })).toBe(true)
  expect(usesHour12({ platform: 'darwin', env: {}, locale: 'de-CH' })).toBe(false)
})
