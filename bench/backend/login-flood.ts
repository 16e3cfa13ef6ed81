/** Runs in its own process, so that its load does not slow the measuring process. */
import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { post } from './bench-client.ts'
import { accountNameOf } from './seed.ts'

export interface FloodOptions {
  readonly url: string
  readonly clients: number
  readonly password: string
}

/** Sign-ins between the first one and the message that ends the flood. */
export interface FloodResult {
  readonly signIns: number
  readonly seconds: number
}

const { url, clients, password } = JSON.parse(process.argv[2] ?? '') as FloodOptions
let signIns = 0
let beginAt: number | undefined
let endAt: number | undefined

process.once('message', () => (endAt = performance.now()))
await Promise.all(Array.from({ length: clients }, (_, client) => signInAgainAndAgain(client)))
process.send?.({ signIns, seconds: ((endAt ?? 0) - (beginAt ?? 0)) / 1000 } satisfies FloodResult)
process.disconnect()

async function signInAgainAndAgain(client: number): Promise<void> {
  const body = { username: accountNameOf(client), password }
  const from = { 'X-Forwarded-For': `10.0.0.${client + 1}` }
  while (endAt === undefined) {
    const { status, text, headers } = await post(`${url}/api/auth/login`, body, from)
    if (status === 200) count()
    else if (status === 429) await delay(Number(headers['retry-after']) * 1000)
    else throw new Error(`a sign-in returned ${status}: ${text}`)
  }
}

function count(): void {
  if (endAt !== undefined) return
  if (beginAt === undefined) {
    beginAt = performance.now()
    process.send?.('begun')
  } else signIns += 1
}
