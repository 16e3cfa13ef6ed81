/** Names of variables and keys whose values are secret. */
const secretName = /pass(?:word|phrase|wd)?|secret|token|credential|cookie|authorization|(?:^|_)key$|api_?key/i
/** Secrets shorter than this would hide half of any text. */
const leastLength = 4

const patterns: ReadonlyArray<readonly [RegExp, string]> = [
  // Private keys, whole or cut off.
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, '(private key)'],
  // user:password in any address. A password may have any character but a space.
  [/([a-z][a-z0-9+.-]*:\/\/)[^\s/"'<>]*:[^\s"'<>]*@/gi, '$1(hidden)@'],
  [/([a-z][a-z0-9+.-]*:\/\/)[^\s/"'<>@]+@/gi, '$1(hidden)@'],
  // Tokens of sessions: JWT, and whatever follows Bearer or Basic.
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, '(token)'],
  [/\b(Bearer|Basic)\s+[\w+/=.~-]+/gi, '$1 (hidden)'],
  // password=x, "password": "x", password: x
  [
    /((?:pass(?:word|phrase|wd)|secret|token|api_?key)["']?\s*[=:]\s*)("(?:[^"\\]|\\.)*"|'[^']*'|[^\s,;&}"]+)/gi,
    '$1"(hidden)"',
  ],
]

/** Whether the value of a variable with this name is never shown. */
export function isSecretName(name: string): boolean {
  return secretName.test(name) && !name.endsWith('_FILE')
}

/**
 * Hides what is secret: every one of `secrets` wherever it is, also as JSON and as a part of an address, and what looks
 * like a secret.
 */
export function redact(text: string, secrets: readonly string[] = []): string {
  let out = text
  for (const form of secrets.flatMap(formsOf)) out = out.replaceAll(form, '(hidden)')
  for (const [pattern, shown] of patterns) out = out.replace(pattern, shown)
  return out
}

/** The secret as it may be written. The longest first. */
function formsOf(secret: string): string[] {
  if (secret.trim().length < leastLength) return []
  const json = JSON.stringify(secret).slice(1, -1)
  const lines = secret.includes('\n')
    ? secret.split('\n').filter((line) => line.length > 20 && !line.startsWith('-----'))
    : []
  const base64 = Buffer.from(secret).toString('base64')
  const forms = new Set([json, secret, secret.trim(), encodeURIComponent(secret), encodeURI(secret), base64, ...lines])
  return [...forms].filter((form) => form.length >= leastLength).sort((a, b) => b.length - a.length)
}
