import { expect, test } from 'vitest'
import { schemaMessage } from '../format/schema-message.ts'
import { FeedAddress, FeedKey, readFeed } from './update-feed.ts'

const key = Buffer.alloc(32, 7).toString('base64')
const spki = `MCowBQYDK2VwAyEA${key}`
const problem = (text: string) =>
  FeedAddress.safeParse(text, { error: schemaMessage }).error?.issues.map(({ message }) => message)

test('without a feed nothing is asked, with or without a key', () => {
  expect([readFeed({ feed: '', key: '' }), readFeed({ feed: ' ', key })]).toEqual([{ kind: 'none' }, { kind: 'none' }])
})

test('a feed needs its key', () => {
  expect(readFeed({ feed: 'https://updates.example/remo', key: '' })).toMatchObject({ kind: 'refused' })
  expect(readFeed({ feed: 'https://updates.example/remo', key })).toEqual({
    kind: 'set',
    url: 'https://updates.example/remo/',
    key: spki,
  })
})

test('http is refused with its reason, also from a file that was edited by hand', () => {
  expect(problem('http://updates.example/')).toEqual([expect.stringMatching(/^http is not accepted.*use https$/)])
  expect(readFeed({ feed: 'http://updates.example/', key })).toMatchObject({ kind: 'refused' })
})

test.each([
  'updates.example',
  'ftp://a',
  'https://',
  'https://user:secret@a/',
  'https://a/?x=1',
  'https://a/#b',
  'file:///a',
])('%s is no address', (text) => {
  expect(problem(text)).toEqual(['expected the address of a folder that begins with https://'])
})

test.each(['', 'https://a', 'https://a:8443/b/c/', ' HTTPS://A/b '])('%j is an address, or none', (text) => {
  expect(problem(text)).toBeUndefined()
})

test('a key is empty, or a public key', () => {
  expect(['', key, spki, 'x'].map((text) => FeedKey.safeParse(text).success)).toEqual([true, true, true, false])
})
