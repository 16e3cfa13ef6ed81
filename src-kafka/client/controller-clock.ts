import type { BrokerTime } from '../stream.ts'
import { readDescribeQuorumResponse } from '../wire/describe-quorum.ts'
import type { BrokerConnections } from './broker-connections.ts'

/**
 * Asks for the clock of Kafka's active controller. Kafka tells it from version 3.3 on, to users who
 * may describe the cluster. To others it refuses, and is not asked again on this connection.
 */
export class ControllerClock {
  readonly #connections: Pick<BrokerConnections, 'quorum'>
  readonly #now: () => number
  #isRefused = false

  /** @param now epoch ms */
  constructor(connections: Pick<BrokerConnections, 'quorum'>, now: () => number) {
    this.#connections = connections
    this.#now = now
  }

  /** `undefined` if Kafka does not tell, or does not answer. Never rejects. */
  async ask(): Promise<BrokerTime | undefined> {
    if (this.#isRefused) return undefined
    const sentAt = this.#now()
    const began = performance.now()
    try {
      const body = await this.#connections.quorum()
      if (!body) return undefined
      const { controllerTime: brokerTime } = readDescribeQuorumResponse(body)
      // A clock that was set in between must not look like a slow answer.
      const receivedAt = sentAt + performance.now() - began
      if (brokerTime !== undefined) return { kind: 'answer', sentAt, receivedAt, brokerTime }
      this.#isRefused = true
      return undefined
    } catch {
      return undefined
    }
  }
}
