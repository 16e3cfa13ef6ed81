/** HS256 needs a key at least as long as its hash (RFC 7518, 3.2). */
const shortestKeyBytes = 32

/** Fewer different characters than this are a pattern, not random. */
const fewestCharacters = 10

const samples =
  /secret[-_ ]?key|change[-_ ]?(me|this|in)|your[-_ ]|example|sample|default|password|remo-demo|0123456789|abcdefgh/i

/** Why a signing key is weak, as the end of a sentence; `undefined` if it is good. */
export function keyWeakness(key: string): string | undefined {
  if (Buffer.byteLength(key) < shortestKeyBytes) return `is shorter than ${shortestKeyBytes} bytes`
  if (samples.test(key)) return 'is a published sample value'
  if (new Set(key).size < fewestCharacters) return 'has too few different characters'
  return undefined
}

const guessed = new Set(['postgres', 'password', 'remo', 'admin', 'changeme', 'secret', 'postgresql', '123456'])

/** Whether the password in a database URL is one of the first that an attacker would try. */
export function hasGuessablePassword(url: string): boolean {
  const { password, username } = new URL(url)
  return password !== '' && (guessed.has(decodeURIComponent(password)) || password === username)
}
