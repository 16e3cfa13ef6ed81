import { expect, test } from 'vitest'
import { readSecondStart, targetOfLink } from './deep-links.ts'

const id = '0b2e6a52-54a5-8f3c-9d5e-4d2f0f6a7b11'

test('a link to an alert leads to it', () => {
  const links = [`remo://alert/${id}`, `remo://alert/${id}/`, `REMO://alert/${id.toUpperCase()}`]
  expect(links.map(targetOfLink)).toEqual([{ alertId: id }, { alertId: id }, { alertId: id }])
})

test('an invitation leads to the form of a new connection', () => {
  expect(targetOfLink('remo://connect?name=Staging&brokers=kafka:9092')).toMatchObject({
    page: 'settings',
    section: 'connections',
    invitation: { name: 'Staging', brokers: ['kafka:9092'], keyPasted: false },
  })
})

test('a wrong invitation leads to the connections, without one', () => {
  const target = { page: 'settings', section: 'connections' }
  expect(targetOfLink('remo://connect?name=Staging&brokers=kafka:9092&password=x')).toEqual(target)
  expect(targetOfLink(`remo://connect?${'x'.repeat(100_000)}`)).toEqual(target)
})

test.each([
  '',
  'remo:',
  'remo://alert/',
  'remo://alert/../x',
  `remo://node/${id}`,
  `https://alert/${id}`,
  `remo://alert/${id}?x=1`,
])('%j leads nowhere', (link) => {
  expect(targetOfLink(link)).toBeUndefined()
})

test.each<[unknown, ReturnType<typeof readSecondStart>]>([
  [{ link: `remo://alert/${id}` }, { link: `remo://alert/${id}` }],
  [{ doNotDisturb: '1h' }, { doNotDisturb: '1h' }],
  [
    { doNotDisturb: 'off', link: 'remo:x' },
    { doNotDisturb: 'off', link: 'remo:x' },
  ],
  [{ doNotDisturb: 'for ever', link: 7 }, {}],
  [null, {}],
  ['remo:x', {}],
])('a second start passes on %j', (data, read) => {
  expect(readSecondStart(data)).toEqual(read)
})
