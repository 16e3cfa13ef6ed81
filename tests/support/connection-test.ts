/** Runs the test of a connection as the console does, and looks at its steps. */
import { expect } from 'vitest'
import type { ConnectionToTest, TestResult, TestStep, TestStepId } from '#shared/settings/connection-test.ts'
import type { KafkaSecurity } from '#shared/settings/kafka-security.ts'
import { testConnection } from '../../src-kafka/connection-test/test-connection.ts'

export interface Tested {
  readonly result: TestResult
  readonly events: readonly TestStep[]
  readonly step: (id: TestStepId) => TestStep
}

export async function testOf(
  brokers: string | readonly string[],
  security?: KafkaSecurity,
  more: Partial<ConnectionToTest> = {},
): Promise<Tested> {
  const connection: ConnectionToTest = {
    brokers: typeof brokers === 'string' ? [brokers] : brokers,
    topicPattern: '^metrics-',
    ...(security === undefined ? {} : { security }),
    ...more,
  }
  const events: TestStep[] = []
  const signal = new AbortController().signal
  const result = await testConnection({ connection, signal, now: Date.now }, (step) => events.push(step))
  const step = (id: TestStepId): TestStep => {
    const found = result.steps.find((one) => one.id === id)
    if (!found) throw new Error(`no step ${id}`)
    return found
  }
  return { result, events, step }
}

/** The state of each step, in order. */
export const states = ({ result }: Tested): string => result.steps.map(({ id, state }) => `${id} ${state}`).join(', ')

/** The one step that failed, with its sentence. */
export function failure(tested: Tested): readonly [TestStepId, string] {
  const failed = tested.result.steps.filter(({ state }) => state === 'failed')
  expect(tested.result.state).toBe('failed')
  expect(failed).toHaveLength(1)
  const after = tested.result.steps.slice(tested.result.steps.findIndex(({ state }) => state === 'failed') + 1)
  expect(after.filter(({ state }) => state !== 'not-tried')).toEqual([])
  expect(tested.result.willNotWork).toMatch(/^ReMo will /)
  return [failed[0]?.id ?? 'names', failed[0]?.text ?? '']
}
