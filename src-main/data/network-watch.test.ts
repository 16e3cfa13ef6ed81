import { expect, test } from 'vitest'
import { nullLog } from '../../tests/support/null-log.ts'
import { addressesOf, networkChange, NetworkWatch, type NetworkChange } from './network-watch.ts'

const home = ['127.0.0.1', '192.168.1.20']

test.each([
  ['nothing changes', home, home, undefined],
  ['their order changes', home, home.toReversed(), undefined],
  ['a VPN comes', home, [...home, '10.8.0.2'], { gone: [], added: ['10.8.0.2'] }],
  ['a VPN goes', [...home, '10.8.0.2'], home, { gone: ['10.8.0.2'], added: [] }],
  ['the network is another', home, ['127.0.0.1', '172.20.0.7'], { gone: ['192.168.1.20'], added: ['172.20.0.7'] }],
])('what is seen if %s', (_what, before, after, change) => {
  expect(networkChange(before, after)).toEqual(change)
})

test('each change is reported once', () => {
  const seen: NetworkChange[] = []
  let addresses = home
  const watch = new NetworkWatch({ addresses: () => addresses, changed: (change) => seen.push(change), log: nullLog })
  watch.tick()
  addresses = ['127.0.0.1']
  watch.tick()
  watch.tick()
  addresses = home
  watch.tick()
  expect(seen).toEqual([
    { gone: ['192.168.1.20'], added: [] },
    { gone: [], added: ['192.168.1.20'] },
  ])
})

test('link-local addresses do not count', () => {
  const entry = (address: string) => ({ address }) as never
  const interfaces = {
    lo: [entry('127.0.0.1')],
    veth1: [entry('fe80::1')],
    wlan: [entry('10.0.0.5'), entry('FE80::2')],
  }
  expect(addressesOf(interfaces)).toEqual(['127.0.0.1', '10.0.0.5'])
})
