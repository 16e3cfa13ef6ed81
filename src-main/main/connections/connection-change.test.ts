import { expect, test } from 'vitest'
import { unsetConnection } from '#shared/settings/connection-in-use.ts'
import type { ConnectionInUse } from '#shared/settings/connection-in-use.ts'
import { connectionChange } from './connection-change.ts'

const inUse: ConnectionInUse = {
  connection: { ...unsetConnection, id: 'prod', name: 'Production' },
  origin: 'saved',
  fixed: {},
  folder: 'connections/prod',
}
const { connection } = inUse

test.for<[string, ConnectionInUse, string]>([
  ['the same one', { ...inUse, connection: { ...connection } }, 'none'],
  ['another label and color', { ...inUse, connection: { ...connection, label: 'PROD', color: 'red' } }, 'mark'],
  ['another name', { ...inUse, connection: { ...connection, name: 'Prod' } }, 'mark'],
  [
    'a field that a variable fixes now, with the same value',
    { ...inUse, fixed: { topics: 'KAFKA_TOPIC_PATTERN' } },
    'mark',
  ],
  ['other brokers', { ...inUse, connection: { ...connection, brokers: ['kafka:9092'] } }, 'restart'],
  ['a backend', { ...inUse, connection: { ...connection, backendUrl: 'https://remo' } }, 'restart'],
  [
    'another connection',
    { ...inUse, folder: 'connections/stage', connection: { ...connection, id: 'stage' } },
    'restart',
  ],
  ['the demo', { ...inUse, origin: 'demo', folder: 'demo' }, 'restart'],
])('%s requires: %s', ([, after, change]) => {
  expect(connectionChange(inUse, after)).toBe(change)
})
