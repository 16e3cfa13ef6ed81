/** Kafka's name of the protocol error (https://kafka.apache.org/protocol#protocol_error_codes) in an error's causes. */
export function protocolErrorOf(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { type } = at as Error & { type?: unknown }
    if (typeof type === 'string') return type
  }
  return undefined
}
