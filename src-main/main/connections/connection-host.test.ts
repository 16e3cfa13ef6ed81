import { expect, test } from 'vitest'
import { unsetConnection } from '#shared/settings/connection-in-use.ts'
import type { ConnectionInUse } from '#shared/settings/connection-in-use.ts'
import { logTo } from '../../threads/thread-log.ts'
import { ConnectionHost } from './connection-host.ts'
import type { HostedConnection } from './connection-host.ts'

const connectionOf = (id: string): ConnectionInUse => ({
  connection: { ...unsetConnection, id, name: id },
  origin: 'saved',
  fixed: {},
  folder: `connections/${id}`,
})

/** A host of fake connections. `gate`: what opening or ending one waits for. */
function aHost(gate: { open?: Promise<void>; end?: Promise<void>; refuse?: string } = {}) {
  const events: string[] = []
  const host = new ConnectionHost<HostedConnection>({
    open: async (inUse) => {
      const { id } = inUse.connection
      events.push(`open ${id}`)
      if (gate.refuse === id) throw new Error('no disk')
      await gate.open
      return {
        inUse,
        start: () => events.push(`start ${id}`),
        silence: () => events.push(`silence ${id}`),
        end: async () => {
          await gate.end
          events.push(`end ${id}`)
        },
      }
    },
    changing: (to) => events.push(`changing to ${to.connection.id}`),
    opened: ({ inUse }) => events.push(`opened ${inUse.connection.id}`),
    failed: (inUse, cause) => events.push(`failed ${inUse.connection.id}: ${(cause as Error).message}`),
    log: logTo(() => undefined),
  })
  return { host, events }
}

test('the old connection has ended before the next one opens', async () => {
  const { host, events } = aHost()
  await host.switchTo(connectionOf('prod'))
  await host.switchTo(connectionOf('stage'))
  expect(events).toEqual([
    'changing to prod',
    'open prod',
    'start prod',
    'opened prod',
    'silence prod',
    'changing to stage',
    'end prod',
    'open stage',
    'start stage',
    'opened stage',
  ])
  expect(host.current?.inUse.connection.id).toBe('stage')
})

test('while the connection changes, a call is refused with a sentence', async () => {
  let ended = (): void => undefined
  const { host } = aHost({ end: new Promise((resolve) => (ended = resolve)) })
  await host.switchTo(connectionOf('prod'))
  const done = host.switchTo(connectionOf('stage'))
  expect(() => host.require()).toThrow('ReMo is opening stage. Try again in a few seconds.')
  expect(host.inUse?.connection.id).toBe('stage')
  ended()
  await done
  expect(host.require().inUse.connection.id).toBe('stage')
})

test('of several changes in a row only the last one opens', async () => {
  const { host, events } = aHost()
  await host.switchTo(connectionOf('prod'))
  await Promise.all([
    host.switchTo(connectionOf('a')),
    host.switchTo(connectionOf('b')),
    host.switchTo(connectionOf('c')),
  ])
  expect(events.filter((event) => event.startsWith('opened'))).toEqual(['opened prod', 'opened c'])
})

test('a connection that was replaced while it opened is ended and never starts', async () => {
  let opened = (): void => undefined
  const gate = { open: new Promise<void>((resolve) => (opened = resolve)) }
  const { host, events } = aHost(gate)
  const done = host.switchTo(connectionOf('slow'))
  await expect.poll(() => events).toContain('open slow')
  void host.switchTo(connectionOf('stage'))
  opened()
  await done
  expect(events).not.toContain('start slow')
  expect(events).toContain('end slow')
  expect(host.current?.inUse.connection.id).toBe('stage')
})

test('after a connection could not be opened, another one can', async () => {
  const { host, events } = aHost({ refuse: 'broken' })
  await host.switchTo(connectionOf('broken'))
  expect(events).toContain('failed broken: no disk')
  expect(host.current).toBeUndefined()
  await host.switchTo(connectionOf('prod'))
  expect(host.current?.inUse.connection.id).toBe('prod')
})

test('the end waits for a change, and nothing opens after it', async () => {
  const { host, events } = aHost()
  await host.switchTo(connectionOf('prod'))
  void host.switchTo(connectionOf('stage'))
  await host.end()
  await host.switchTo(connectionOf('late'))
  expect(events.filter((event) => event.startsWith('end') || event === 'open late')).toEqual(['end prod'])
})
