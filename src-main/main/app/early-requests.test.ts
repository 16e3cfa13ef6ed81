import { expect, test } from 'vitest'
import { EarlyRequests } from './early-requests.ts'

test('a link that started the app on macOS is followed when the window is there', () => {
  const links = new EarlyRequests()
  const followed: unknown[] = []
  links.receive('remo://alert/1')
  links.followBy((link) => followed.push(link))
  expect(followed).toEqual(['remo://alert/1'])
  links.receive('remo://alert/2')
  expect(followed).toEqual(['remo://alert/1', 'remo://alert/2'])
})

test('of several early requests the newest counts, also one without a link', () => {
  const links = new EarlyRequests()
  const followed: unknown[] = []
  links.receive('remo://alert/1')
  links.receive(undefined)
  links.followBy((link) => followed.push(link))
  expect(followed).toEqual([undefined])
})

test('without an early link, nothing comes to the front', () => {
  const followed: unknown[] = []
  new EarlyRequests().followBy((link) => followed.push(link))
  expect(followed).toEqual([])
})
