import { expect, test } from 'vitest'
import { describeFailure, NoAnswerError, StorageError } from './failure.ts'

const brokers = ['kafka:9092']

function failing(fields: Record<string, unknown>, cause?: unknown): Error {
  return Object.assign(new Error('it failed', { cause }), fields)
}

test.each([
  ['refused', failing({ code: 'ECONNREFUSED' }), 'Nothing listens at kafka:9092'],
  ['name', failing({ code: 'ENOTFOUND' }), 'The name in kafka:9092 is unknown'],
  ['silence', new NoAnswerError('x'), 'Kafka at kafka:9092 does not answer.'],
  ['closed', failing({ name: 'KafkaJSConnectionClosedError' }), 'kafka:9092 closed the connection'],
  ['login', failing({ name: 'KafkaJSSASLAuthenticationError' }), 'kafka:9092 refused the user name or password'],
  ['acl', failing({ type: 'GROUP_AUTHORIZATION_FAILED' }), 'does not allow this user its consumer groups'],
  ['storage', new StorageError('the disk is full'), 'Records cannot be stored, so none are read: the disk is full.'],
  ['unknown', new Error('bad luck'), 'Kafka at kafka:9092 cannot be read: bad luck'],
  ['no error at all', 'bad luck', 'Kafka at kafka:9092 cannot be read: bad luck'],
])('%s becomes a sentence', (_title, error, sentence) => {
  expect(describeFailure(error, brokers).sentence).toContain(sentence)
})

test('the innermost cause that is known decides', () => {
  const error = failing({ name: 'KafkaJSNumberOfRetriesExceeded' }, failing({}, failing({ code: 'ECONNREFUSED' })))
  expect(describeFailure(error, brokers).sentence).toContain('Nothing listens')
})

test('wrong credentials are tried slowly, and a broker that is getting ready is no failure', () => {
  expect(describeFailure(failing({ name: 'KafkaJSSASLAuthenticationError' }), brokers).waitMs).toBe(60_000)
  expect(describeFailure(failing({ type: 'GROUP_LOAD_IN_PROGRESS' }), brokers)).toMatchObject({
    passing: true,
    waitMs: 0,
  })
})
