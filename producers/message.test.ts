import { expect, test } from 'vitest'
import { MetricMessage } from '#shared/metric/message.ts'
import { simulatedServer } from '#shared/simulation/simulated-server.ts'
import { demoPlan } from '#shared/simulation/spikes.ts'
import { producerRecord } from './message.ts'

const startedAt = Date.parse('2026-11-24T10:00:00Z')

test('the records of a simulated server are valid messages', () => {
  const node = { id: 'node-1', name: 'Server-Alpha', topic: 'metrics-node-1', seed: 1 }
  const source = simulatedServer({ seed: 1, startedAt, spikes: demoPlan })
  const record = producerRecord(node, startedAt + 123, source.read(startedAt + 123))
  const message = MetricMessage.parse(JSON.parse(Buffer.from(record.value).toString('utf8')))
  expect({ ...message, metrics: {} }).toEqual({
    node_id: 'node-1',
    node_name: 'Server-Alpha',
    timestamp: '2026-11-24T10:00:00.123Z',
    metrics: {},
  })
  for (const value of Object.values(message.metrics)) expect(value).toBe(Number(value.toFixed(2)))
  expect(record).toMatchObject({ topic: 'metrics-node-1', key: 'node-1' })
})
