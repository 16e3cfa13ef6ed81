import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isUpdate, isVersion } from './update-version.ts'

/** Section 11 of Semantic Versioning, and numbers that texts would order wrongly. */
const ascending = [
  '0.2.0-alpha',
  '0.2.0-alpha.1',
  '0.2.0-alpha.beta',
  '0.2.0-beta',
  '0.2.0-beta.2',
  '0.2.0-beta.11',
  '0.2.0-rc.1',
  '0.2.0',
  '0.2.1',
  '0.2.10',
  '0.10.0',
  '1.0.0',
  '1.0.10',
  '10.0.0',
]

test('a later version is an update of every earlier one, never the other way round', () => {
  for (const [i, installed] of ascending.entries()) {
    for (const [j, offered] of ascending.entries()) {
      const isPreRelease = offered.includes('-')
      const expected = j > i && (!isPreRelease || installed.includes('-'))
      expect([installed, offered, isUpdate(offered, installed)]).toEqual([installed, offered, expected])
    }
  }
})

test('build metadata makes no update', () => {
  expect([isUpdate('0.2.0+5', '0.2.0'), isUpdate('0.2.1+5', '0.2.0+6')]).toEqual([false, true])
})

test.each(['', '1', '1.2', 'v1.2.3', '1.2.3.4', '01.2.3', '1.2.3-', '1.2.3 ', '99999999999.0.0', '1.2.3-a..b'])(
  '%j is no version, and no update of anything',
  (text) => {
    expect([isVersion(text), isUpdate(text, '0.0.1'), isUpdate('9.9.9', text)]).toEqual([false, false, false])
  },
)

test('of two versions, at most one is an update of the other', () => {
  const part = fc.nat(12)
  const identifier = fc.oneof(fc.nat(12).map(String), fc.constantFrom('a', 'b', 'rc'))
  const version = fc
    .tuple(part, part, part, fc.array(identifier, { maxLength: 3 }))
    .map(([a, b, c, pre]) => [[a, b, c].join('.'), ...(pre.length > 0 ? [pre.join('.')] : [])].join('-'))
  fc.assert(fc.property(version, version, (a, b) => !(isUpdate(a, b) && isUpdate(b, a))))
  fc.assert(fc.property(version, (a) => isVersion(a) && !isUpdate(a, a)))
})
