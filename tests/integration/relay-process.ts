/** A relay that kills itself when the broker has its first batch: `node relay-process.ts <postgres> <kafka>`. */
import { createPool } from '../../src-backend/db/pool.ts'
import { createRelay } from '../../src-backend/outbox/relay.ts'
import { type OrderedProducer, orderedProducer } from '../../src-kafka/produce/ordered-producer.ts'
import { nullLog } from '../support/null-log.ts'

const [, , url = '', bootstrap = ''] = process.argv
const settings = { brokers: [bootstrap], topicPattern: '^metrics-', clientId: 'remo-relay-test' }
const real = orderedProducer({ settings, log: nullLog, now: Date.now })
const mortal: OrderedProducer = {
  prepare: (topics) => real.prepare(topics),
  send: async (batch) => {
    await real.send(batch)
    process.kill(process.pid, 'SIGKILL')
    await new Promise(() => undefined)
  },
  close: () => real.close(),
}
const pool = createPool({ url, size: 3, log: nullLog })
createRelay({ pool, producer: mortal, log: nullLog, now: Date.now, random: () => 0 }).start()
