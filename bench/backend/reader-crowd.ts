/** Runs in its own process, so that its load does not slow the measuring process. */
import { once } from 'node:events'
import { Agent, get, type IncomingMessage } from 'node:http'
import { performance } from 'node:perf_hooks'

export interface CrowdOptions {
  readonly url: string
  /** Each client requests them in turn, the next one as soon as it has the response. */
  readonly paths: readonly string[]
  readonly clients: number
  readonly seconds: number
  readonly authorization: string
}

/** Duration of each response in milliseconds, by path. */
export type CrowdResult = Readonly<Record<string, readonly number[]>>

const { url, paths, clients, seconds, authorization } = JSON.parse(process.argv[2] ?? '') as CrowdOptions
const agent = new Agent({ keepAlive: true, maxSockets: clients })
const times: Record<string, number[]> = Object.fromEntries(paths.map((path) => [path, []]))
const endAt = performance.now() + seconds * 1000

await Promise.all(Array.from({ length: clients }, (_, client) => readAgainAndAgain(client)))
process.send?.(times satisfies CrowdResult)
process.disconnect()

async function readAgainAndAgain(client: number): Promise<void> {
  const headers = { Authorization: authorization, 'X-Forwarded-For': `10.0.0.${client + 1}` }
  for (let n = client; performance.now() < endAt; n++) {
    const path = paths[n % paths.length] as string
    const begin = performance.now()
    const [response] = (await once(get(url + path, { agent, headers }), 'response')) as [IncomingMessage]
    response.resume()
    await once(response, 'end')
    if (response.statusCode !== 200) throw new Error(`${path} returned ${response.statusCode}`)
    times[path]?.push(performance.now() - begin)
  }
}
