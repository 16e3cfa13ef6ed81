import net from 'node:net'
import tls from 'node:tls'
import { Kafka, type KafkaConfig, logLevel, type RetryOptions } from 'kafkajs'
import type { Log } from '#shared/log.ts'
import type { KafkaSecurity } from '#shared/settings/kafka-security.ts'
import type { ClientSettings } from './kafka-settings.ts'
import { stopIdleChecks } from './kafka-internals.ts'
import { kafkajsLog, suppressTimerWarning } from './kafkajs-log.ts'

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
  const kafka = new Kafka({
    ...securityOptions(settings.security),
    brokers: [...settings.brokers],
    clientId: settings.clientId,
    connectionTimeout: 10_000,
    requestTimeout: requestTimeoutMs,
    retry,
    ...(log ? { logLevel: logLevel.INFO, logCreator: kafkajsLog(log, now) } : { logLevel: logLevel.NOTHING }),
    socketFactory: ({ host, port, ssl, onConnect }) => {
      if (isAborted) throw new Error('this client was closed')
      connecting()
      // With a host name, the broker's certificate is checked, and a server with several certificates picks the right
      // one. An IP address is not a host name.
      const name = net.isIP(host) === 0 ? { servername: host } : {}
      const socket = ssl
        ? tls.connect({ host, port, ...name, ...ssl }, onConnect)
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

function securityOptions(security: KafkaSecurity | undefined): Pick<KafkaConfig, 'ssl' | 'sasl'> {
  const { ssl, sasl } = security ?? {}
  return {
    ...(ssl ? { ssl: tlsOptions(ssl) } : {}),
    ...(sasl ? { sasl: { ...sasl } } : {}), // kafkajs changes it
  }
}

/** kafkajs requires writable lists. */
function tlsOptions({ ca, ...pair }: NonNullable<KafkaSecurity['ssl']>): tls.ConnectionOptions {
  return ca ? { ...pair, ca: [...ca] } : pair
}
