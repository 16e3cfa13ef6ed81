import net from 'node:net'
import tls from 'node:tls'
import { Kafka, type KafkaConfig, logLevel, type RetryOptions } from 'kafkajs'
import type { Log } from '#shared/log.ts'
import type { KafkaSecurity } from '#shared/settings/kafka-security.ts'
import type { ClientSettings } from './kafka-settings.ts'
import { kafkajsLog, suppressTimerWarning } from './kafkajs-log.ts'

/** One Kafka client and the power to end it. */
export interface KafkaClient {
  readonly kafka: Kafka
  /**
   * Cuts all its connections and lets it make no more. kafkajs itself waits for answers before it disconnects, retries
   * behind our back and would join the group again after we gave it up.
   */
  abort(): void
}

/** Retries inside the client bridge a moment, such as a change of leader; outages are the supervisor's. */
const standardRetry = { retries: 5, initialRetryTime: 200, factor: 0.2, multiplier: 2, maxRetryTime: 1_000 }

const keepAliveAfterMs = 60_000
/** For every request; a broker that waits for all replicas gets as long. */
export const requestTimeoutMs = 8_000

export interface KafkaClientDeps {
  readonly settings: ClientSettings
  /** Absent: kafkajs logs nothing. Its failures still arrive as errors. */
  readonly log?: Log
  readonly now: () => number
  /** Of kafkajs itself, within one call. */
  readonly retry?: RetryOptions
}

/** @param connecting called before each connection, also when kafkajs makes one anew by itself */
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
      // By name the broker's certificate is checked, and a server with several picks the right one; no name is an IP.
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
  return {
    kafka,
    abort: () => {
      isAborted = true
      // With an error where kafkajs still waits for something, since it does not listen to `close`.
      for (const socket of sockets)
        socket.destroy(socket.writableEnded ? undefined : new Error('this client was closed'))
    },
  }
}

function securityOptions(security: KafkaSecurity | undefined): Pick<KafkaConfig, 'ssl' | 'sasl'> {
  const { ssl, sasl } = security ?? {}
  return {
    ...(ssl ? { ssl: tlsOptions(ssl) } : {}),
    ...(sasl ? { sasl: { ...sasl } } : {}), // kafkajs writes into it
  }
}

/** kafkajs wants its lists writable. */
function tlsOptions({ ca, ...pair }: NonNullable<KafkaSecurity['ssl']>): tls.ConnectionOptions {
  return ca ? { ...pair, ca: [...ca] } : pair
}
