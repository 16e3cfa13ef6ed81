import { expect, test } from 'vitest'
import { isTrustedFrame, originOf } from './page-security.ts'

const ours = ['app://remo']
const frame = (url: string, parent: object | null = null): { url: string; parent: object | null } => ({ url, parent })

test('the origin of our own scheme is told, though the URL standard calls it opaque', () => {
  expect(originOf('app://remo/index.html#/alerts')).toBe('app://remo')
})

test('the top frame of our page is ours', () => {
  expect(isTrustedFrame(frame('app://remo/index.html'), ours)).toBe(true)
})

test.each([
  ['a frame that is gone', null],
  ['a frame inside our page', frame('app://remo/index.html', {})],
  ['a host that begins like ours', frame('app://remo.evil/index.html')],
  ['our name as the user of another host', frame('app://remo@evil/index.html')],
  ['a page of the network', frame('https://remo/index.html')],
  ['a local file', frame('file:///app/remo/index.html')],
  ['an empty page', frame('about:blank')],
  ['a broken address', frame('::')],
])('%s is not ours', (_, foreign) => {
  expect(isTrustedFrame(foreign, ours)).toBe(false)
})
