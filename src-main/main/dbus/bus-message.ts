// Programs of other tsconfigs compile this file too, and need its declarations.
// eslint-disable-next-line @typescript-eslint/triple-slash-reference
/// <reference path="./dbus-next-modules.d.ts" />
import compat from 'dbus-next/lib/marshall-compat.js'
import DBusBuffer from 'dbus-next/lib/dbus-buffer.js'
import dbusVariant from 'dbus-next/lib/variant.js'

/** Types of messages, and the flags of a call that ReMo uses. From the D-Bus specification, "Message Format". */
export const messageTypes = { call: 1, reply: 2, error: 3, signal: 4 } as const
export const noReplyExpected = 1
const noAutoStart = 2

/** A call of a method. */
export interface BusCall {
  readonly destination: string
  readonly path: string
  readonly interface: string
  readonly member: string
  /** Of `body`; default: no arguments. */
  readonly signature?: string
  readonly body?: readonly unknown[]
  /** Only a program that runs is asked: the bus starts none. */
  readonly onlyRunning?: boolean
}

/** A signal to everyone who listens. */
export type BusSignal = Omit<BusCall, 'destination' | 'onlyRunning'>

/** A message of the bus. Values in variants are bare. */
export interface BusMessage {
  readonly type: number
  readonly flags: number
  readonly serial: number
  readonly sender: string
  readonly path: string
  readonly interface: string
  readonly member: string
  readonly errorName: string
  readonly replySerial: number
  readonly body: readonly unknown[]
}

/** Numbers of header fields. */
const fieldNames = ['', 'path', 'interface', 'member', 'errorName', 'replySerial', 'destination', 'sender', 'signature']
const headerBytes = 16
/** A message is at most this long, by the specification. */
const maxBytes = 128 * 1024 * 1024
const littleEndian = 'l'.charCodeAt(0)

/** A value with its type, as dictionaries of `a{sv}` have them. */
export function variant(signature: string, value: unknown): unknown {
  return new dbusVariant.Variant(signature, value)
}

/** @throws Error if the body does not fit its signature */
export function encodeCall({ onlyRunning, body = [], ...call }: BusCall, serial: number): Buffer {
  const flags = onlyRunning ? noAutoStart : 0
  return encode({ ...call, body: body.map(withoutZero), type: messageTypes.call, flags, serial })
}

/** @throws Error if the body does not fit its signature */
export function encodeSignal({ body = [], ...signal }: BusSignal, serial: number): Buffer {
  const flags = noReplyExpected
  return encode({ ...signal, body: body.map(withoutZero), type: messageTypes.signal, flags, serial })
}

/** The answer to a call that nobody here serves. Without one, its caller waits for 25 seconds. */
export function encodeUnknownMethod(call: BusMessage, serial: number): Buffer {
  return encode({
    type: messageTypes.error,
    flags: noReplyExpected,
    serial,
    destination: call.sender,
    errorName: 'org.freedesktop.DBus.Error.UnknownMethod',
    replySerial: call.serial,
    signature: 's',
    body: [`ReMo has no method ${call.member}`],
  })
}

/** A zero byte ends no string of D-Bus: a bus cuts the connection of who sends one. */
function withoutZero(value: unknown): unknown {
  return typeof value === 'string' ? value.replaceAll('\0', '\uFFFD') : value
}

function encode(message: object): Buffer {
  const [bytes] = compat.marshallMessage(message)
  return bytes
}

/**
 * Length of the message that these bytes begin with; `undefined`: too few bytes to tell.
 * @throws Error if they begin no message
 */
export function messageLength(bytes: Buffer): number | undefined {
  if (bytes.length < headerBytes) return undefined
  const isLittle = bytes[0] === littleEndian
  const [body, fields] = [4, 12].map((at) => (isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at)))
  const length = headerBytes + Math.ceil((fields ?? 0) / 8) * 8 + (body ?? 0)
  if (length > maxBytes || (!isLittle && bytes[0] !== 'B'.charCodeAt(0))) throw new Error('not a message of D-Bus')
  return length
}

/** @throws Error if the bytes are no message, or have a type that needs file descriptors */
export function decodeMessage(bytes: Buffer): BusMessage {
  const buffer = new DBusBuffer(bytes, 0, bytes[0] ?? littleEndian, null, {})
  const [, type, flags, , , serial, fields] = buffer.read('yyyyuua(yv)') as [0, number, number, 0, 0, number, Field[]]
  const named = Object.fromEntries(fields.map(([id, [, [value]]]) => [fieldNames[id] ?? '', value]))
  const text = (name: string): string => (typeof named[name] === 'string' ? named[name] : '')
  const signature = text('signature')
  buffer.align(3)
  const body = signature === '' ? [] : compat.messageToJsFmt({ signature, body: buffer.read(signature) }).body
  return {
    type,
    flags,
    serial,
    sender: text('sender'),
    path: text('path'),
    interface: text('interface'),
    member: text('member'),
    errorName: text('errorName'),
    replySerial: Number(named['replySerial'] ?? 0),
    body: body.map(bare),
  }
}

/** Its number, and its value in a variant. */
type Field = readonly [number, readonly [unknown, readonly [unknown]]]

/** Without variants, at any depth. */
function bare(value: unknown): unknown {
  if (value instanceof dbusVariant.Variant) return bare(value.value)
  if (Array.isArray(value)) return value.map(bare)
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, bare(inner)]))
}
