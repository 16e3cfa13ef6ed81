import net from 'node:net'
import tls from 'node:tls'
import { Kafka, logLevel, type RetryOptions } from 'kafkajs'
import type { Log } from '#shared/log.ts'
import type { ClientSettings } from './kafka-settings.ts'
import { stopIdleChecks } from './kafka-internals.ts'
import { kafkajsLog, suppressTimerWarning } from './kafkajs-log.ts'
import { tlsOptions } from './tls-options.ts'

/** One Kafka client that can be ended at any time. */
export interface KafkaClient {
  readonly kafka: Kafka
  /**
   * Closes all its connections and refuses new ones. kafkajs itself waits for responses before it disconnects. It also
   * keeps retrying, and would rejoin the group after the session ended.
   */
  abort(): void
  /** Addresses of this computer that its connections have. */
  localAddresses(): readonly string[]
}

/** kafkajs bridges a moment, such as a new leader. Outages are left to the supervisor. */
const standardRetry = { retries: 5, initialRetryTime: 200, factor: 0.2, multiplier: 2, maxRetryTime: 1_000 }

const keepAliveAfterMs = 60_000
/** Limit of every request. Brokers wait as long for all replicas. */
export const requestTimeoutMs = 8_000

export interface KafkaClientDeps {
  readonly settings: ClientSettings
  /** Absent: kafkajs logs nothing. Its failures still arrive as errors. */
  readonly log?: Log
  readonly now: () => number
  /** Retries of kafkajs within one call. */
  readonly retry?: RetryOptions
}

/** @param connecting called before each connection, also when kafkajs reconnects */
export function createKafkaClient(
  { settings, log, now, retry = standardRetry }: KafkaClientDeps,
  connecting: () => void = () => undefined,
): KafkaClient {
  suppressTimerWarning()
  const sockets = new Set<net.Socket>()
  let isAborted = false
  const { ssl, sasl } = settings.security ?? {}
  const { brokers, addressOf } = withoutColons(settings.brokers)
  const kafka = new Kafka({
    ...(ssl ? { ssl: true } : {}),
    ...(sasl ? { sasl: { ...sasl } } : {}), // kafkajs changes it
    brokers,
    clientId: settings.clientId,
    connectionTimeout: 10_000,
    requestTimeout: requestTimeoutMs,
    retry,
    ...(log ? { logLevel: logLevel.INFO, logCreator: kafkajsLog(log, now) } : { logLevel: logLevel.NOTHING }),
    socketFactory: ({ host: name, port, onConnect }) => {
      if (isAborted) throw new Error('this client was closed')
      connecting()
      const host = addressOf.get(name) ?? name
      const socket = ssl
        ? tls.connect({ host, port, ...tlsOptions(ssl, host) }, onConnect)
        : net.connect({ host, port }, onConnect)
      socket.setKeepAlive(true, keepAliveAfterMs)
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
      return socket
    },
  })
  void stopIdleChecks(kafka)
  return {
    kafka,
    abort: () => {
      isAborted = true
      // kafkajs does not listen to `close`. An error ends the requests that still wait for a response.
      for (const socket of sockets)
        socket.destroy(socket.writableEnded ? undefined : new Error('this client was closed'))
    },
    localAddresses: () => [...sockets].flatMap(({ localAddress }) => localAddress ?? []),
  }
}

/** kafkajs takes what precedes the first colon for the host. So an IPv6 address gets a name, as long as it is configured. */
function withoutColons(brokers: readonly string[]): {
  readonly brokers: string[]
  readonly addressOf: ReadonlyMap<string, string>
} {
  const addressOf = new Map<string, string>()
  const named = brokers.map((broker, n) => {
    const [, address, port] = /^\[(.+)\]:(\d+)$/.exec(broker) ?? []
    if (address === undefined) return broker
    addressOf.set(`ipv6-address-${n}`, address)
    return `ipv6-address-${n}:${port}`
  })
  return { brokers: named, addressOf }
}
