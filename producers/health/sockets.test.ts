import { expect, test } from 'vitest'
import { establishedSockets, socketInode } from './sockets.ts'

const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:2384 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4711 1 0000000000000000 100 0 0 10 0
   1: 0202A8C0:C7D2 0302A8C0:4A94 01 00000000:00000000 02:00000A2B 00000000  1000        0 4712 2 0000000000000000 20 4 30 10 -1
   2: 0202A8C0:C7D4 0302A8C0:4A94 06 00000000:00000000 03:00001770 00000000     0        0 0 3 0000000000000000
`

test('an established connection counts; one that listens or is closing does not', () => {
  expect(establishedSockets(table)).toEqual(new Set(['4712']))
  expect(establishedSockets('')).toEqual(new Set())
})

test('only sockets have an inode to compare', () => {
  expect(['socket:[4712]', '/dev/null', 'pipe:[4712]', 'anon_inode:[eventpoll]'].map(socketInode)).toEqual([
    '4712',
    undefined,
    undefined,
    undefined,
  ])
})
