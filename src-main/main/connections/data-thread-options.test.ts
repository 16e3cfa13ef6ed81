import { ownAlertSettings } from '#shared/own/own-settings.ts'
import { initialSettings } from '#shared/settings/app-settings.ts'
import { expect, test } from 'vitest'
import { demoConnection, unsetConnection } from '#shared/settings/connection-in-use.ts'
import type { ConnectionInUse } from '#shared/settings/connection-in-use.ts'
import { dataThreadOptions } from './data-thread-options.ts'

const inUse: ConnectionInUse = {
  connection: {
    ...unsetConnection,
    id: 'prod',
    name: 'Production',
    brokers: ['kafka:9093'],
    rack: 'zone-a',
    backendUrl: 'https://remo.example',
    team: 'shop',
  },
  origin: 'saved',
  fixed: {},
  folder: 'connections/prod',
}
const retention = { days: 14, bytes: 2e9 }
const own = ownAlertSettings(initialSettings)
const mappings = [{ topic: 'press-line', node: 'machine.serial', values: 'readings[*]' }]
const common = { dataDir: '/data', user: 'ada', retention, mappings, own, startedAt: 7 }

test('a connection that is ready is read, with its rack, team and start position', () => {
  const security = { sasl: { mechanism: 'plain', username: 'ada', password: 'x' } } as const
  expect(dataThreadOptions({ inUse, access: { kind: 'ready', security }, ...common })).toEqual({
    mappings,
    own,
    dataDir: '/data',
    connectionName: 'Production',
    retention,
    user: 'ada',
    stockRules: true,
    hasBackend: true,
    team: 'shop',
    startAt: { kind: 'minutes', minutes: 60 },
    kafka: { brokers: ['kafka:9093'], topicPattern: '^metrics-', clientId: 'remo-console', rack: 'zone-a', security },
  })
})

test.for([
  [{ kind: 'missing', secret: 'password' }, 'ReMo waits for the password of Production. Enter it in this window.'],
  [
    { kind: 'missing', secret: 'key' },
    'The key of the client certificate of Production is not stored. Add it to the connection in Settings.',
  ],
  [
    { kind: 'wrong', problem: 'CA certificate: cannot read /ca.pem' },
    'CA certificate: cannot read /ca.pem. Change the connection in Settings.',
  ],
] as const)(
  'a connection that is %s is not read without its secret or file, and the health says so',
  ([access, why]) => {
    const options = dataThreadOptions({ inUse, access, ...common })
    expect(options.kafka).toBeUndefined()
    expect(options.idleReason).toBe(why)
  },
)

test('a demo reads simulated servers, never Kafka', () => {
  const demo: ConnectionInUse = { connection: demoConnection, origin: 'demo', fixed: {}, folder: 'demo' }
  const options = dataThreadOptions({ inUse: demo, access: { kind: 'ready', security: undefined }, ...common })
  expect(options).toMatchObject({ demo: { seed: 1, startedAt: 7 }, stockRules: 'without-hold', hasBackend: false })
  expect(options.kafka).toBeUndefined()
})
