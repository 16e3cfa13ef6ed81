import net from 'node:net'
import tls from 'node:tls'
import { Kafka, type KafkaConfig, logLevel } from 'kafkajs'
import type { Log } from '#shared/log.ts'
import type { KafkaSecurity } from '#shared/settings/kafka-security.ts'
import type { KafkaSettings } from './kafka-settings.ts'
import { registerCodecs } from './codecs/register-codecs.ts'
import { kafkaLog } from './kafka-log.ts'
import { silenceKafkaTimerWarning } from './timer-warning.ts'

/** One Kafka client and the power to end it. */
export interface Client {
  readonly kafka: Kafka
  /**
   * Cuts all its connections and lets it make no more. kafkajs itself waits for answers before it disconnects, retries
   * behind our back and would join the group again after we gave it up.
   */
  cut(): void
}

/** Retries inside the client bridge a moment, such as a change of leader; outages are the supervisor's. */
const retry = { retries: 5, initialRetryTime: 200, factor: 0.2, multiplier: 2, maxRetryTime: 1_000 }

const keepAliveAfterMs = 60_000

export interface ClientDeps {
  readonly settings: KafkaSettings
  readonly log: Log
  readonly now: () => number
}

/** @param connecting called before each connection, also when kafkajs makes one anew by itself */
export function makeClient({ settings, log, now }: ClientDeps, connecting: () => void): Client {
  registerCodecs()
  silenceKafkaTimerWarning()
  const sockets = new Set<net.Socket>()
  let isCut = false
  const kafka = new Kafka({
    ...access(settings.security),
    brokers: [...settings.brokers],
    clientId: settings.clientId,
    connectionTimeout: 10_000,
    requestTimeout: 8_000,
    retry,
    logLevel: logLevel.INFO,
    logCreator: kafkaLog(log, now),
    socketFactory: ({ host, port, ssl, onConnect }) => {
      if (isCut) throw new Error('this client was given up')
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
    cut: () => {
      isCut = true
      // With an error where kafkajs still waits for something, since it does not listen to `close`.
      for (const socket of sockets)
        socket.destroy(socket.writableEnded ? undefined : new Error('this client was given up'))
    },
  }
}

function access(security: KafkaSecurity | undefined): Pick<KafkaConfig, 'ssl' | 'sasl'> {
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
