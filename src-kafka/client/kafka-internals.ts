import type { Kafka } from 'kafkajs'

/**
 * What ReMo uses of kafkajs 2.2.4 beyond its public API: connections that are signed in, and requests over them. Nothing
 * else may reach into kafkajs. The contract test holds each of these against the installed version.
 */

/** A request as kafkajs sends it. `encode` resolves to its `Encoder`, of which it reads `buf` and `buffer`. */
interface InternalRequest {
  readonly apiKey: number
  readonly apiVersion: number
  readonly apiName: string
  readonly encode: () => Promise<{ readonly buf: Buffer; readonly buffer: Buffer }>
}

/** `decode` gets the response without size and correlation id. kafkajs waits for `clientSideThrottleTime`, in ms. */
interface InternalResponse {
  readonly decode: (body: Buffer) => Promise<{ readonly body: Buffer; readonly clientSideThrottleTime: number }>
  readonly parse: (decoded: { readonly body: Buffer }) => Promise<Buffer>
}

/** A request that was sent. Times: epoch ms, and ms. */
interface InternalSentRequest {
  readonly sentAt: number
  readonly requestTimeout: number
  /** Rejects it with `KafkaJSRequestTimeoutError`. */
  timeoutRequest(): void
}

/** Requests of one connection. */
interface InternalRequestQueue {
  readonly pending: readonly unknown[]
  /** Requests that wait for their answer, by correlation id. */
  readonly inflight: ReadonlyMap<number, InternalSentRequest>
  /** Cleared by `destroy`. */
  requestTimeoutIntervalId: NodeJS.Timeout | undefined
  /** Called when the connection is open. Looks every 100 ms for requests without an answer. */
  scheduleRequestTimeoutCheck(): void
  sendSocketRequest(request: InternalSentRequest): void
  /** Clears the timers, when the connection is closed. */
  destroy(): void
  /** Sets a timer, after which waiting requests are sent. */
  scheduleCheckPendingRequests(): void
  /** Holds back requests for this time, in ms. */
  maybeThrottle(ms: number): void
}

interface InternalConnectionPool {
  readonly host: string
  readonly port: number
  readonly pool: ReadonlyArray<{ readonly requestQueue: InternalRequestQueue }>
  /** A Fetch has a connection of its own. It connects and signs in when needed. */
  send(protocol: {
    readonly request: InternalRequest
    readonly response: InternalResponse
    readonly logResponseError: boolean
  }): Promise<Buffer>
}

interface InternalBroker {
  readonly connectionPool: InternalConnectionPool
  /** By API key; null before `connect`. */
  readonly versions: Readonly<Record<number, { readonly minVersion: number; readonly maxVersion: number }>> | null
  isConnected(): boolean
  connect(): Promise<void>
  disconnect(): Promise<void>
  metadata(topics: readonly string[]): Promise<InternalMetadata>
}

interface InternalMetadata {
  readonly brokers: ReadonlyArray<{ readonly nodeId: number; readonly host: string; readonly port: number }>
  readonly topicMetadata: ReadonlyArray<{
    readonly topic: string
    readonly topicErrorCode: number
    readonly partitionMetadata: ReadonlyArray<{ readonly partitionId: number; readonly leader: number }>
  }>
}

interface InternalBrokerPool {
  /** Connected after `connect`. */
  readonly seedBroker: InternalBroker | undefined
  readonly rootLogger: unknown
  /** Closes the seed broker and takes the next of the configured ones, without connecting. */
  createSeedBroker(): Promise<void>
  createBroker(options: {
    readonly logger: unknown
    readonly versions: InternalBroker['versions']
    readonly connectionPool: InternalConnectionPool
    readonly nodeId: number
  }): InternalBroker
}

interface InternalCluster {
  readonly brokerPool: InternalBrokerPool
  readonly connectionPoolBuilder: {
    build(destination: { readonly host: string; readonly port: number }): Promise<InternalConnectionPool>
  }
  /** Connects to the first of the configured brokers that answers. */
  connect(): Promise<void>
}

/** Classes of kafkajs that `stopIdleChecks` changed. */
const changedClasses = new WeakSet<InternalRequestQueue>()

/**
 * After its first answer, each connection of kafkajs 2.2.4 looks for waiting requests every millisecond, for ever
 * (tulios/kafkajs#1751). That is half the CPU of a console at 2,000 records/s. From now on it looks only while one
 * waits. It also looks every 100 ms for requests without an answer, which wakes an idle computer ten times a second for
 * each connection. From now on it looks when the limit of the oldest request is over. This changes the class, so it holds
 * for all clients of this thread.
 */
export async function stopIdleChecks(kafka: Kafka): Promise<void> {
  const { pool } = await internalCluster(kafka).connectionPoolBuilder.build({ host: 'none', port: 0 }) // connects to nothing
  const queue = Object.getPrototypeOf(pool[0]?.requestQueue) as InternalRequestQueue
  if (changedClasses.has(queue)) return
  changedClasses.add(queue)
  const check = Reflect.get(queue, 'scheduleCheckPendingRequests') as () => void
  queue.scheduleCheckPendingRequests = function (this: InternalRequestQueue) {
    if (this.pending.length > 0) check.call(this)
  }
  queue.scheduleRequestTimeoutCheck = function (this: InternalRequestQueue) {
    this.destroy()
    this.requestTimeoutIntervalId = undefined
    checkAtLimit(this)
  }
  const send = Reflect.get(queue, 'sendSocketRequest') as InternalRequestQueue['sendSocketRequest']
  queue.sendSocketRequest = function (this: InternalRequestQueue, request) {
    send.call(this, request)
    checkAtLimit(this)
  }
}

/** One timer a connection, for the request whose limit is over first. Usually it has its answer by then. */
function checkAtLimit(queue: InternalRequestQueue): void {
  if (queue.requestTimeoutIntervalId !== undefined || queue.inflight.size === 0) return
  const now = Date.now()
  const left = Array.from(queue.inflight.values(), ({ sentAt, requestTimeout }) =>
    // If the clock was set back, no longer than the limit.
    Math.min(requestTimeout, sentAt + requestTimeout - now),
  )
  const timer = setTimeout(
    () => {
      queue.requestTimeoutIntervalId = undefined
      for (const request of [...queue.inflight.values()]) {
        if (Date.now() - request.sentAt > request.requestTimeout) request.timeoutRequest()
      }
      checkAtLimit(queue)
    },
    Math.max(0, Math.min(...left)) + 1,
  )
  queue.requestTimeoutIntervalId = timer
}

export type { InternalBroker, InternalCluster, InternalMetadata }

const createCluster = 'private:Kafka:createCluster'

/** A cluster of this client, as its consumers and producers get it. */
export function internalCluster(kafka: Kafka): InternalCluster {
  const symbol = Object.getOwnPropertySymbols(kafka).find(({ description }) => description === createCluster)
  if (symbol === undefined) throw new Error('this version of kafkajs has no cluster that ReMo knows')
  const create = Reflect.get(kafka, symbol) as (options: object) => InternalCluster
  return create({ allowAutoTopicCreation: false })
}

export interface RawRequest {
  readonly apiKey: number
  readonly apiVersion: number
  readonly apiName: string
  readonly body: Buffer
}

/** Sends a request, and resolves to the bytes of its response. */
export function sendRaw(broker: InternalBroker, { body, ...api }: RawRequest): Promise<Buffer> {
  return broker.connectionPool.send({
    request: { ...api, encode: () => Promise.resolve({ buf: body, buffer: body }) },
    response: {
      decode: (response) => Promise.resolve({ body: response, clientSideThrottleTime: 0 }),
      parse: (decoded) => Promise.resolve(decoded.body),
    },
    logResponseError: false,
  })
}
