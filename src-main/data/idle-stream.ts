import type { Stream, StreamHandlers } from '../../src-kafka/stream.ts'

const noKafka = 'No Kafka is configured. Add a connection in Settings.'

export interface IdleStreamDeps {
  /** Why nothing is read: one sentence for the operator. */
  readonly reason?: string | undefined
  readonly handlers: Pick<StreamHandlers, 'status'>
  /** Epoch ms. */
  readonly now: () => number
}

/** Reads nothing, and says why. Monitoring is blind until the data thread is started with a Kafka. */
export function idleStream({ reason = noKafka, handlers, now }: IdleStreamDeps): Stream {
  return {
    start: () => handlers.status({ kind: 'connecting', since: now(), detail: reason }),
    retryNow: () => undefined,
    reconnect: () => undefined,
    networkChanged: () => undefined,
    stop: () => {
      handlers.status({ kind: 'stopped' })
      return Promise.resolve()
    },
  }
}
