import type { Socket } from 'node:net'
import { WireReader } from '../wire/wire-reader.ts'
import { askOver } from './probe-connection.ts'

/** What a broker tells everyone on this listener, before a login. */
export interface Hello {
  /** Whether this listener requires SASL. */
  readonly hasSasl: boolean
  /** Mechanisms that it offers, sorted; empty without SASL. */
  readonly mechanisms: readonly string[]
  /** Newest version that it knows of each API, by its key. */
  readonly newest: ReadonlyMap<number, number>
}

const apiVersions = { apiKey: 18, apiVersion: 0, body: Buffer.alloc(0) } as const
const saslHandshakeKey = 17
const illegalSaslState = 34

/**
 * Asks for its versions, and offers a mechanism: a listener without SASL refuses any.
 * @throws as `askOver`
 */
export async function hello(socket: Socket, mechanism: string, signal: AbortSignal): Promise<Hello> {
  const newest = newestVersions(await askOver(socket, apiVersions, signal))
  const name = Buffer.from(mechanism)
  const body = Buffer.alloc(2 + name.length)
  body.writeInt16BE(name.length, 0)
  name.copy(body, 2)
  const reader = new WireReader(await askOver(socket, { apiKey: saslHandshakeKey, apiVersion: 1, body }, signal))
  const errorCode = reader.int16()
  const mechanisms = Array.from({ length: reader.arrayLength(2) }, () => reader.string())
  return { hasSasl: errorCode !== illegalSaslState, mechanisms: mechanisms.sort(), newest }
}

function newestVersions(body: Buffer): ReadonlyMap<number, number> {
  const reader = new WireReader(body)
  reader.int16() // error
  const newest = new Map<number, number>()
  for (let left = reader.arrayLength(6); left > 0; left--) {
    const apiKey = reader.int16()
    reader.int16() // oldest
    newest.set(apiKey, reader.int16())
  }
  return newest
}
