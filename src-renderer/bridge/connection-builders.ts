import type { ConnectionItem, ConnectionsView } from '#shared/ipc/connection-views.ts'
import { unsetConnection } from '#shared/settings/connection-in-use.ts'
import { testStepIds, untriedSteps, type TestResult, type TestStep } from '#shared/settings/connection-test.ts'
import type { Connection } from '#shared/settings/connection.ts'

export const aConnection = (change: Partial<Connection> = {}): Connection => ({
  ...unsetConnection,
  id: 'production',
  name: 'Production',
  label: 'PROD',
  color: 'red',
  brokers: ['kafka-1.example.net:9093', 'kafka-2.example.net:9093'],
  protocol: 'SASL_SSL',
  mechanism: 'SCRAM-SHA-512',
  username: 'remo-console',
  ...change,
})

export const anItem = (
  connection: Partial<Connection> = {},
  change: Partial<Omit<ConnectionItem, 'connection'>> = {},
): ConnectionItem => ({
  connection: aConnection(connection),
  origin: 'saved',
  inUse: false,
  fixed: {},
  hasPassword: false,
  ...change,
})

/** Nothing is configured. */
export const anUnsetItem = (): ConnectionItem => ({
  connection: unsetConnection,
  origin: 'unset',
  inUse: true,
  fixed: {},
  hasPassword: false,
})

export const aView = (items: readonly ConnectionItem[], change: Partial<ConnectionsView> = {}): ConnectionsView => ({
  items: [...items],
  ...change,
})

/** All steps passed, up to the changed ones. */
export function testSteps(changes: Partial<Record<TestStep['id'], Partial<TestStep>>> = {}): TestStep[] {
  const failedAt = testStepIds.findIndex((id) => changes[id]?.state === 'failed')
  return untriedSteps({ ssl: {}, sasl: { mechanism: 'plain', username: '', password: '' } }).map((step, i) => {
    if (failedAt !== -1 && i > failedAt) return step
    return { ...step, state: 'ok', text: 'As expected.', ms: 4 + 9 * i, ...changes[step.id] }
  })
}

export const aPassedTest = (): TestResult => ({ state: 'ok', steps: testSteps() })

export const aFailedTest = (): TestResult => ({
  state: 'failed',
  steps: testSteps({
    sasl: {
      state: 'failed',
      text: 'The broker refused the user “remo-console”. Check the user, the password and the mechanism.',
    },
  }),
  willNotWork: 'ReMo cannot read this Kafka, because the broker refuses the password.',
})
