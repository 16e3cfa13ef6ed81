import { textOf } from '../utf8.ts'

/** What a JSON object of an unknown shape has. */
export interface NumbersIn {
  /** Numbers that can be values: no ids, no times. */
  readonly numbers: number
  /** A field is named like a host. */
  readonly hasHost: boolean
  /** A line of a log: a text `message` beside a level. */
  readonly isLog: boolean
}

const hostNames = /^(?:host|hostname|node|node_?id|server|instance|device|machine|source)$/i
/** Names of fields whose numbers identify something or are times. */
const noValues =
  /(?:^|[_.-])(?:id|no|nr|number|key|code|zip|phone|port|pid|thread|line|offset|version)$|[a-z](?:Id|No|Nr)$/
const times = /(?:^|[_.-])(?:time|timestamp|ts|date|clock|at|datetime)$|(?:At|Time|Date)$/
const levels = /^(?:level|severity|log\.level|loglevel|lvl)$/i
/** Depth and elements beyond which nothing is looked at: a record can have 10 MB. */
const depthAtMost = 6
const fieldsAtMost = 2_000

/** Looks for numbers in a JSON object; `undefined` if the bytes are none. Never throws. */
export function numbersIn(bytes: Uint8Array): NumbersIn | undefined {
  let json: unknown
  try {
    json = JSON.parse(textOf(bytes)) as unknown
  } catch {
    return undefined
  }
  const object = Array.isArray(json) ? (json[0] as unknown) : json
  if (typeof object !== 'object' || object === null) return undefined
  const search = new NumberSearch()
  search.fieldsOf(object, 0)
  const names = Object.keys(object)
  const hasMessage = names.some((name) => /^(?:message|msg)$/i.test(name))
  return {
    numbers: search.numbers,
    hasHost: search.hasHost,
    isLog: hasMessage && names.some((name) => levels.test(name)),
  }
}

class NumberSearch {
  numbers = 0
  hasHost = false
  #fields = 0

  fieldsOf(object: object, depth: number): void {
    if (depth > depthAtMost) return
    for (const [name, value] of Object.entries(object)) {
      if (++this.#fields > fieldsAtMost) return
      if (typeof value === 'number') this.numbers += noValues.test(name) || times.test(name) ? 0 : 1
      else if (typeof value === 'object' && value !== null) this.fieldsOf(value as object, depth + 1)
      if (hostNames.test(name) && typeof value === 'string') this.hasHost = true
    }
  }
}
