import { expect, test } from 'vitest'
import { forgottenNodeCodec } from '../codec/domain-codecs.ts'
import { type ForgottenNode, forgottenNodeIn, forgottenNodeKey, isNewRecord } from './forgotten-node.ts'

const forgotten: ForgottenNode = {
  nodeId: 'node-1',
  by: 'kim',
  at: 5_000,
  lastSeen: 1_000,
  readTo: [{ topic: 'metrics-node-1', partition: 0, next: 10 }],
}

test.each([
  ['a record that was known', { topic: 'metrics-node-1', offset: 9, at: 1_000 }, false],
  ['the next record', { topic: 'metrics-node-1', offset: 10, at: 1_001 }, true],
  ['the next record, of a clock that was set back', { topic: 'metrics-node-1', offset: 10, at: 1 }, true],
  ['a record of a topic that was created again', { topic: 'metrics-node-1', offset: 0, at: 1_001 }, true],
  ['an old record of another topic', { topic: 'metrics', offset: 99, at: 1_000 }, false],
  ['a new record of another topic', { topic: 'metrics', offset: 0, at: 1_001 }, true],
])('%s', (_, { topic, offset, at }, isNew) => {
  expect(isNewRecord(forgotten, { topic, partition: 0, offset }, at)).toBe(isNew)
})

test('a key of a forgotten node is no key of an alert', () => {
  expect(forgottenNodeIn(forgottenNodeKey('node:7'))).toBe('node:7')
  expect(forgottenNodeIn('6f5c1a0e-0000-4000-8000-000000000001')).toBeUndefined()
})

test('its JSON needs a reader of level 2, keeps unknown keys, and is read again', () => {
  const json = forgottenNodeCodec.encode(forgotten)
  expect(json).toEqual({ ...forgotten, needs: 2, needsVersion: '0.2' })
  expect(forgottenNodeCodec.decode(json, 1)).toMatchObject({ ok: false, unread: { kind: 'needs-newer' } })
  const newer = { ...(json as object), why: 'sold' }
  expect(forgottenNodeCodec.decode(newer)).toMatchObject({ ok: true, value: { ...forgotten, why: 'sold' } })
})
