/** Kafka's request to create a SCRAM user (KIP-554), missing in kafkajs: `AlterUserScramCredentials`, version 0. */
import { pbkdf2Sync, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'

export interface ScramCredentials {
  readonly username: string
  /** Any characters. */
  readonly password: string
}

const apiKey = 51
const iterations = 4096
const mechanisms = [
  { code: 1, digest: 'sha256', bytes: 32 },
  { code: 2, digest: 'sha512', bytes: 64 },
] as const

/** Creates the user or changes its password, for both mechanisms. @param bootstrap of a plain listener */
export async function putScramUser(bootstrap: string, login: ScramCredentials): Promise<void> {
  for (const mechanism of mechanisms) await put(bootstrap, login, mechanism) // Kafka accepts a user once per request
}

type Mechanism = (typeof mechanisms)[number]

async function put(bootstrap: string, login: ScramCredentials, mechanism: Mechanism): Promise<void> {
  const [host, port] = bootstrap.split(':')
  const socket = connect({ host: host ?? '', port: Number(port) })
  const request = Buffer.concat([header(), body(login, mechanism)])
  socket.write(Buffer.concat([int(4, request.length), request]))
  const [response] = (await once(socket, 'data')) as [Buffer]
  socket.destroy()
  // Length, correlation id, tags, throttle time, number of results; then the user with its length, and the error code.
  const nameLength = response.readUInt8(14) - 1
  const errorCode = response.readInt16BE(15 + nameLength)
  if (errorCode !== 0) throw new Error(`Kafka refused the user ${login.username} with error code ${errorCode}`)
}

function header(): Buffer {
  const clientId = 'test'
  return Buffer.concat([int(2, apiKey), int(2, 0), int(4, 1), int(2, clientId.length), Buffer.from(clientId), noTags])
}

function body({ username, password }: ScramCredentials, { code, digest, bytes }: Mechanism): Buffer {
  const salt = randomBytes(16)
  const salted = compact(pbkdf2Sync(password, salt, iterations, bytes, digest))
  const user = [compact(Buffer.from(username)), int(1, code), int(4, iterations), compact(salt), salted, noTags]
  return Buffer.concat([noDeletions, oneUpsertion, ...user, noTags])
}

const noTags = Buffer.of(0)
const noDeletions = Buffer.of(1)
const oneUpsertion = Buffer.of(2)

/** Prefixed with its length plus one, as an unsigned varint: one byte up to 126. */
function compact(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.of(bytes.length + 1), bytes])
}

function int(bytes: number, value: number): Buffer {
  const buffer = Buffer.alloc(bytes)
  buffer.writeIntBE(value, 0, bytes)
  return buffer
}
