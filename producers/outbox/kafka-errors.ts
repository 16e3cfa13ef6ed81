/** kafkajs wraps an error once or twice; what happened is the innermost one that says it. */
function* chainOf(error: unknown): Generator<Error & { type?: string; code?: unknown }> {
  for (let next = error; next instanceof Error; next = next.cause) yield next
}

/** The protocol's name of an error ("UNKNOWN_TOPIC_OR_PARTITION"), where the broker sent one. */
export function protocolErrorOf(error: unknown): string | undefined {
  for (const link of chainOf(error)) {
    if (typeof link.type === 'string') return link.type
  }
  return undefined
}

export function isRefusedLogin(error: unknown): boolean {
  return [...chainOf(error)].some((link) => link.name === 'KafkaJSSASLAuthenticationError')
}

/** One line for the log. */
export function sentenceOf(error: unknown): string {
  const links = [...chainOf(error)]
  const code = links.map((link) => link.code).find((value) => typeof value === 'string')
  const message = (links.at(-1)?.message ?? String(error)).split('\n')[0] ?? ''
  return code === undefined || message.includes(code) ? message : `${message} (${code})`
}
