import { connect } from 'node:net'
import type { Socket } from 'node:net'
import type { BusSocket } from './bus-address.ts'
import { BusError } from './bus-error.ts'
import {
  decodeMessage,
  encodeCall,
  encodeSignal,
  encodeUnknownMethod,
  messageLength,
  messageTypes,
  noReplyExpected,
} from './bus-message.ts'
import type { BusCall, BusMessage, BusSignal } from './bus-message.ts'

const bus = { destination: 'org.freedesktop.DBus', path: '/org/freedesktop/DBus', interface: 'org.freedesktop.DBus' }

/** A call of the bus itself. */
export function busMethod(member: string, ...args: readonly string[]): BusCall {
  return { ...bus, member, signature: 's'.repeat(args.length), body: args }
}

interface PendingCall {
  readonly resolve: (body: readonly unknown[]) => void
  readonly reject: (error: BusError) => void
}

export interface CallLimit {
  /** ms */
  readonly limitMs: number
  /** The reply came after the limit. */
  readonly onLate?: (body: readonly unknown[]) => void
}

/** One connection to a bus, as this user. It never comes back after its end. */
export class BusConnection {
  readonly #socket: Socket
  readonly #pending = new Map<number, PendingCall>()
  readonly #onSignal: (signal: BusMessage) => void
  #received: Buffer = Buffer.alloc(0)
  #serial = 0
  #isClosed = false
  /** Called once, when it ends. */
  onClosed: () => void = () => undefined

  private constructor(socket: Socket, onSignal: (signal: BusMessage) => void) {
    this.#socket = socket
    this.#onSignal = onSignal
    socket.once('close', () => this.#end())
  }

  /** @throws BusError if nothing listens there, it refuses this user, or it does not answer within the limit */
  static async open(path: BusSocket, limitMs: number, onSignal: (signal: BusMessage) => void): Promise<BusConnection> {
    const socket = await authenticated(path, limitMs)
    if (socket.destroyed) throw new BusError('no-bus', 'the bus ended')
    const connection = new BusConnection(socket, onSignal)
    socket.on('data', (bytes: Buffer) => connection.#receive(bytes))
    try {
      await connection.call(busMethod('Hello'), { limitMs })
    } catch (error) {
      connection.close()
      throw error
    }
    return connection
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** @throws BusError */
  call(call: BusCall, { limitMs, onLate }: CallLimit): Promise<readonly unknown[]> {
    if (this.#isClosed) return Promise.reject(new BusError('closed', 'the bus ended'))
    const serial = ++this.#serial
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        // The entry stays, for a late reply, until the connection ends.
        this.#pending.set(serial, { resolve: onLate ?? (() => undefined), reject: () => undefined })
        reject(new BusError('no-answer', `no answer within ${limitMs / 1000} s`))
      }, limitMs)
      const settled = <T>(settle: (value: T) => void): ((value: T) => void) => {
        return (value) => {
          clearTimeout(timer)
          settle(value)
        }
      }
      this.#pending.set(serial, { resolve: settled(resolve), reject: settled(reject) })
      this.#socket.write(encodeCall(call, serial))
    })
  }

  emit(signal: BusSignal): void {
    if (!this.#isClosed) this.#socket.write(encodeSignal(signal, ++this.#serial))
  }

  /** What was sent before is still delivered. */
  close(): void {
    this.#socket.end()
    this.#end()
  }

  #end(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const { reject } of this.#pending.values()) reject(new BusError('closed', 'the bus ended'))
    this.#pending.clear()
    this.onClosed()
  }

  #receive(bytes: Buffer): void {
    this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes])
    try {
      for (let length = messageLength(this.#received); length !== undefined; length = messageLength(this.#received)) {
        if (this.#received.length < length) return
        const message = decoded(this.#received.subarray(0, length))
        this.#received = this.#received.subarray(length)
        if (message) this.#take(message)
      }
    } catch {
      this.#socket.destroy()
    }
  }

  #take(message: BusMessage): void {
    const { type, flags, replySerial, errorName, body } = message
    if (type === messageTypes.signal) return this.#onSignal(message)
    if (type === messageTypes.call) {
      if (!(flags & noReplyExpected)) this.#socket.write(encodeUnknownMethod(message, ++this.#serial))
      return
    }
    const pending = this.#pending.get(replySerial)
    this.#pending.delete(replySerial)
    if (type === messageTypes.reply) pending?.resolve(body)
    else pending?.reject(new BusError('refused', typeof body[0] === 'string' ? body[0] : errorName, errorName))
  }
}

/** A message that has what this side cannot read is none of its calls. */
function decoded(bytes: Buffer): BusMessage | undefined {
  try {
    return decodeMessage(bytes)
  } catch {
    return undefined
  }
}

/** Connects, and says who this user is. The bus compares it with the owner of the socket (`EXTERNAL`). */
function authenticated(path: BusSocket, limitMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path })
    const fail = (kind: 'no-bus' | 'no-answer', why: string): void => {
      clearTimeout(timer)
      socket.destroy()
      reject(new BusError(kind, why))
    }
    const timer = setTimeout(() => fail('no-answer', `no answer within ${limitMs / 1000} s`), limitMs)
    const uid = Buffer.from(String(process.getuid?.() ?? 0)).toString('hex')
    let line = ''
    const read = (bytes: Buffer): void => {
      line += bytes.toString('latin1')
      if (!line.includes('\r\n')) return
      if (!line.startsWith('OK ')) return fail('no-bus', `the bus refuses this user: ${line.trim()}`)
      clearTimeout(timer)
      socket.off('data', read)
      socket.write('BEGIN\r\n')
      resolve(socket)
    }
    socket.once('connect', () => socket.write(`\0AUTH EXTERNAL ${uid}\r\n`))
    socket.on('data', read)
    socket.on('error', (error: NodeJS.ErrnoException) => fail('no-bus', error.code ?? error.message))
    socket.once('close', () => fail('no-bus', 'the bus ended'))
  })
}
