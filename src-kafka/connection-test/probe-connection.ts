import net from 'node:net'
import tls from 'node:tls'
import type { KafkaSecurity } from '#shared/settings/kafka-security.ts'
import { tlsOptions } from '../client/tls-options.ts'

/** A broker's address. */
export interface Address {
  readonly host: string
  readonly port: number
}

/** Why a connection could not be used. Node's own errors have other codes. */
export class ProbeError extends Error {
  override readonly name = 'ProbeError'
  readonly code: 'timeout' | 'closed' | 'web-server' | 'not-kafka'

  constructor(code: ProbeError['code'], message: string) {
    super(message)
    this.code = code
  }
}

/** Limit of a connection, a handshake and an answer each. */
export const probeLimitMs = 5_000

/** `host:port`, with brackets around an IPv6 address. */
export function shownAddress({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** @throws Node's error of the socket, `ProbeError` after 5 s, or the reason of the signal */
export function connectTcp({ host, port }: Address, signal: AbortSignal): Promise<net.Socket> {
  const socket = net.connect({ host, port })
  return settled(socket, 'connect', signal).then(() => socket)
}

/**
 * A TLS connection whose certificate is not checked: the caller looks at `authorizationError`.
 * @throws as `connectTcp`; and an error of the client's own certificate, before anything is connected
 */
export async function connectTls(
  address: Address,
  ssl: NonNullable<KafkaSecurity['ssl']>,
  signal: AbortSignal,
): Promise<tls.TLSSocket> {
  const options = { ...tlsOptions(ssl, address.host), rejectUnauthorized: false }
  const tcp = await connectTcp(address, signal)
  const socket = tls.connect({ ...options, host: address.host, socket: tcp })
  try {
    await settled(socket, 'secureConnect', signal)
    return socket
  } catch (error) {
    tcp.destroy()
    throw error
  }
}

/** Waits for this event. Otherwise destroys the socket. */
function settled(socket: net.Socket, event: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      stop()
      socket.on('error', () => undefined) // one that comes after the end
      socket.destroy()
      reject(error)
    }
    const abort = (): void => fail(reasonOf(signal))
    const closed = (): void => fail(new ProbeError('closed', 'the connection was closed'))
    const timer = setTimeout(() => fail(new ProbeError('timeout', 'no answer')), probeLimitMs)
    const stop = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
      socket.off('error', fail)
      socket.off('close', closed)
    }
    socket.once(event, () => {
      stop()
      resolve()
    })
    socket.once('error', fail)
    socket.once('close', closed)
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) abort()
  })
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('stopped')
}

/** A request of Kafka with the header of version 1. */
export interface ProbeRequest {
  readonly apiKey: number
  readonly apiVersion: number
  readonly body: Buffer
}

const correlationId = 0x52654d6f // "ReMo": no answer of another protocol has it at this place
const clientId = Buffer.from('remo-test')
/** Answers to these requests have a few hundred bytes. */
const mostBytes = 1024 * 1024

/**
 * Sends one request, and resolves to the body of its response. After an error the socket is of no more use.
 * @throws Node's error of the socket, `ProbeError`, or the reason of the signal
 */
export function askOver(socket: net.Socket, request: ProbeRequest, signal: AbortSignal): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0)
    const stop = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
      socket.off('error', fail).off('close', closed).off('end', closed).off('data', take)
    }
    const fail = (error: Error): void => {
      stop()
      socket.on('error', () => undefined) // one that comes after the end
      reject(error)
    }
    const abort = (): void => fail(reasonOf(signal))
    const closed = (): void => fail(new ProbeError('closed', 'the connection was closed'))
    const take = (bytes: Buffer): void => {
      received = Buffer.concat([received, bytes])
      const answer = answerIn(received)
      if (answer instanceof Error) fail(answer)
      else if (answer) {
        stop()
        resolve(answer)
      }
    }
    const timer = setTimeout(() => fail(new ProbeError('timeout', 'no answer')), probeLimitMs)
    if (signal.aborted) return abort()
    if (socket.destroyed) return closed()
    signal.addEventListener('abort', abort, { once: true })
    socket.on('error', fail).on('close', closed).on('end', closed).on('data', take)
    socket.write(encodeRequest(request))
  })
}

function encodeRequest({ apiKey, apiVersion, body }: ProbeRequest): Buffer {
  const head = Buffer.alloc(4 + 2 + 2 + 4 + 2)
  let at = head.writeInt32BE(head.length - 4 + clientId.length + body.length, 0)
  at = head.writeInt16BE(apiKey, at)
  at = head.writeInt16BE(apiVersion, at)
  at = head.writeInt32BE(correlationId, at)
  head.writeInt16BE(clientId.length, at)
  return Buffer.concat([head, clientId, body])
}

/** The body, an error if this is no answer of Kafka, or `undefined` while bytes are missing. */
function answerIn(received: Buffer): Buffer | Error | undefined {
  if (received.length < 8) return undefined
  if (received.toString('latin1', 0, 5) === 'HTTP/') return new ProbeError('web-server', 'it answers as a web server')
  const length = received.readInt32BE(0)
  const isAnswer = length >= 4 && length <= mostBytes && received.readInt32BE(4) === correlationId
  if (!isAnswer) return new ProbeError('not-kafka', 'it does not answer as Kafka does')
  return received.length < 4 + length ? undefined : received.subarray(8, 4 + length)
}
