import { strToU8, zipSync } from 'fflate'
import { redact } from './redact.ts'

/** A part of the bundle: how to get it. A part that fails or does not answer says so, and the others are still there. */
export type BundleParts = Readonly<Record<string, () => unknown>>

export interface BundleInput {
  /** Name of the file without `.json`: what it has. */
  readonly parts: BundleParts
  /** The report of the page About. */
  readonly about: string
  readonly logs: ReadonlyMap<string, string>
  /** Texts that must not be in any file. */
  readonly secrets: readonly string[]
}

/** Longest wait for a part, ms: a bundle is wanted most when something hangs. */
const patienceMs = 5000

const explanation = `What ReMo knows about itself, to be attached to a report of a problem.

about.txt          versions, system and state
settings.json      settings in force and connections, without secrets
environment.json   variables that ReMo looks at; values of secrets are hidden
health.json        health, counts and notices of the window
counters.json      counters of the data thread
cache.json         what the cache takes
logs/              the newest lines of the logs

Passwords, tokens and private keys are not in it. Names of hosts, topics and nodes are.
`

/** One zip. Every text goes through `redact`, whatever it is. */
export async function diagnosticsBundle({ parts, about, logs, secrets }: BundleInput): Promise<Uint8Array> {
  const texts = new Map<string, string>([
    ['README.txt', explanation],
    ['about.txt', about],
  ])
  const read = await Promise.all(Object.entries(parts).map(async ([name, get]) => [name, await answerOf(get)] as const))
  for (const [name, value] of read) texts.set(`${name}.json`, `${JSON.stringify(value, null, 2)}\n`)
  for (const [name, text] of logs) texts.set(`logs/${name}`, text)
  const files = [...texts].map(([name, text]) => [name, strToU8(name === 'README.txt' ? text : redact(text, secrets))])
  return zipSync(Object.fromEntries(files) as Record<string, Uint8Array>, { level: 6 })
}

async function answerOf(get: () => unknown): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise((resolve) => {
    timer = setTimeout(() => resolve({ missing: `no answer within ${patienceMs / 1000} s` }), patienceMs)
  })
  try {
    return await Promise.race([Promise.resolve().then(get), late])
  } catch (cause) {
    return { missing: cause instanceof Error ? cause.message : String(cause) }
  } finally {
    clearTimeout(timer)
  }
}
