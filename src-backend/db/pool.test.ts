import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, test } from 'vitest'
import type { Log } from '#shared/log.ts'
import { createPool } from './pool.ts'
import { withTx } from './tx.ts'

const unused = () => undefined
const nullLog: Log = { debug: unused, info: unused, warn: unused, error: unused, child: () => nullLog }

/** A message of PostgreSQL's protocol. */
function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5, type)
  head.writeInt32BE(4 + body.length, 1)
  return Buffer.concat([head, body])
}

const welcome = [message('R', Buffer.alloc(4)), message('Z', Buffer.from('I'))]
const shutdown = message('E', Buffer.from('SFATAL\0C57P01\0Mterminating connection\0\0'))

test('a server that shuts down while it accepts a connection fails one transaction, and nothing else', async () => {
  const server = createServer((socket) => {
    socket.on('error', unused)
    socket.once('data', () => socket.end(Buffer.concat([...welcome, shutdown])))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const pool = createPool({ url: `postgres://remo@127.0.0.1:${port}/remo`, size: 1, log: nullLog })
  await expect(withTx(pool, (db) => db.query('select 1'))).rejects.toThrow()
  await pool.end()
  server.close()
})
