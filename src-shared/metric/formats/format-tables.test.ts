import { describe, expect, test } from 'vitest'
import { splitTags } from './identity-tags.ts'
import { ShapeCache } from './shape-cache.ts'
import { epochMs, epochMsOfDigits, timeOf } from './timestamps.ts'
import { ucumUnit, unitOfName } from './units.ts'
import { isVirtualDisk, isVirtualInterface } from './virtual-devices.ts'

test.each([
  'lo',
  'lo0',
  'docker0',
  'veth1a2b',
  'br-12ab',
  'virbr0',
  'cali123',
  'tun0',
  'wg0',
  'bond0',
  'eth0.100',
  'all',
])('sums leave out the interface %s', (name) => expect(isVirtualInterface(name)).toBe(true))

test.each(['eth0', 'ens192', 'enp3s0', 'wlan0', 'en0', 'eno1', 'Ethernet', 'Ethernet 2', 'wlp2s0', 'ib0', 'venet0'])(
  'sums have the interface %s',
  (name) => expect(isVirtualInterface(name)).toBe(false),
)

test.each([
  'loop0',
  'ram1',
  'zram0',
  'dm-0',
  'md0',
  'sda1',
  'vdb12',
  'nvme0n1p2',
  'mmcblk0p1',
  'sr0',
  '_Total',
  '/dev/sda1',
])('sums leave out the disk %s', (name) => expect(isVirtualDisk(name)).toBe(true))

test.each(['sda', 'vdb', 'xvda', 'nvme0n1', 'mmcblk0', 'disk0', 'C:', '/dev/sdb', '0 C:'])(
  'sums have the disk %s',
  (name) => expect(isVirtualDisk(name)).toBe(false),
)

describe('the unit of an epoch number follows from its size', () => {
  test.each([
    [1_795_860_000, 1_795_860_000_000],
    [1_795_860_000.123, 1_795_860_000_123],
    [1_795_860_000_123, 1_795_860_000_123],
    [1_795_860_000_123_999, 1_795_860_000_123],
    [1_795_860_000_123_000_000, 1_795_860_000_123],
  ])('%s', (value, ms) => expect(epochMs(value)).toBe(ms))

  test.each([0, -1, 1, 99_999_999, 1e20, NaN, Infinity])('%s is no time', (value) =>
    expect(epochMs(value)).toBeUndefined(),
  )

  test('digits that are too long for a double lose no millisecond', () => {
    expect(epochMsOfDigits('1795860000122999999')).toBe(1_795_860_000_122)
  })

  test.each([
    ['2026-11-28T10:00:00Z', 1_795_860_000_000],
    ['2026-11-28 11:00:00+0100', 1_795_860_000_000],
    ['2026-11-28 10:00:00 UTC', 1_795_860_000_000],
    ['1795860000', 1_795_860_000_000],
    ['2026-11-28T10:00:00', undefined],
    ['2026-11-28', undefined],
    ['now', undefined],
  ])('the text %s', (text, ms) => expect(timeOf(text)).toBe(ms))
})

test.each([
  ['By', 'B'],
  ['By/s', 'B/s'],
  ['{request}', ''],
  ['{packet}/s', '/s'],
  ['1', ''],
  ['Cel', '°C'],
  ['us', 'µs'],
  ['a-unit-that-is-much-too-long', ''],
])('UCUM %s is %s', (ucum, unit) => expect(ucumUnit(ucum)).toBe(unit))

test.each([
  ['read_bytes_total', 'B'],
  ['used_percent', '%'],
  ['latency_ms', 'ms'],
  ['memory_total', 'B'],
  ['bytes_per_second', 'B/s'],
  ['requests_per_second', '/s'],
  ['temperature', ''],
  ['ms', ''],
])('the name %s says the unit %s', (name, unit) => expect(unitOfName(name)).toBe(unit))

describe('tags that name a series', () => {
  test('of an input of Telegraf are those of its table, also beside tags that an operator adds', () => {
    expect(
      splitTags('cpu', [
        ['cpu', 'cpu0'],
        ['dc', 'fra'],
      ]),
    ).toEqual({ identity: [['cpu', 'cpu0']], attributes: { dc: 'fra' } })
  })

  test('are all without a table', () => {
    expect(splitTags('room', [['rack', 'a']]).identity).toEqual([['rack', 'a']])
  })

  test('are the mount point of a file system, not its device', () => {
    const { identity, attributes } = splitTags('x', [
      ['mountpoint', '/'],
      ['device', 'sda1'],
      ['fstype', 'ext4'],
    ])
    expect([identity, attributes]).toEqual([[['mountpoint', '/']], { device: 'sda1', fstype: 'ext4' }])
  })
})

test('a shape cache keeps a value for its key, and forgets all when it is full', () => {
  const cache = new ShapeCache<object>()
  const first = cache.get('a', () => ({}))
  expect(cache.get('a', () => ({}))).toBe(first)
  for (let i = 0; i < 65_536; i++) cache.get(`b${i}`, () => ({}))
  expect(cache.get('a', () => ({}))).not.toBe(first)
})
