import type { EnvironmentVariables } from '#shared/settings/environment.ts'
import type { Connection, PemSource } from '#shared/settings/connection.ts'
import { launchVariableNames } from '#shared/settings/launch-variables.ts'
import { isSecretName, redact } from './redact.ts'

/** Variables of other programs that change how ReMo connects or writes. Values of addresses are without passwords. */
const otherVariables = [
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'NODE_EXTRA_CA_CERTS',
  'REMO_EXTRA_CA_CERTS',
  'NO_COLOR',
  'TZ',
  'LANG',
  'XDG_CURRENT_DESKTOP',
  'XDG_SESSION_TYPE',
]

/** A connection without secrets. Of PEM texts only where they are and how long. */
export function connectionFacts(connection: Connection): Record<string, unknown> {
  const { ca, cert, key, brokers, backendUrl, ...rest } = connection
  return {
    ...rest,
    brokers: brokers.map((broker) => redact(withoutUser(broker))),
    ...(backendUrl === undefined ? {} : { backendUrl: redact(backendUrl) }),
    ca: pemFacts(ca),
    cert: pemFacts(cert),
    key: pemFacts(key),
  }
}

/** Variables that ReMo looks at, by name. Values of secrets are never shown. */
export function environmentFacts(env: EnvironmentVariables): Record<string, string> {
  const names = [...launchVariableNames.flatMap((name) => [name, `${name}_FILE`]), ...otherVariables]
  const facts: Record<string, string> = {}
  for (const name of names) {
    const value = env[name] ?? env[name.toLowerCase()]
    if (value === undefined) continue
    facts[name] = isSecretName(name) ? '(hidden)' : redact(withoutUser(value))
  }
  return facts
}

/** Every text of these variables that must not be in a file. */
export function secretValues(env: EnvironmentVariables): string[] {
  return Object.entries(env).flatMap(([name, value]) => {
    if (value === undefined) return []
    const passwords = [...value.matchAll(/:\/\/[^\s/:]*:([^\s]*)@/g)].map(([, password = '']) => password)
    return isSecretName(name) ? [value, ...passwords] : passwords
  })
}

function pemFacts(source: PemSource | undefined): string {
  if (source === undefined) return 'none'
  if ('file' in source) return `file ${source.file}`
  const count = source.text.match(/-----BEGIN/g)?.length ?? 0
  return `text of ${source.text.length} characters with ${count} ${count === 1 ? 'part' : 'parts'}`
}

/** A broker has no user; a person who writes one writes a password, too. */
function withoutUser(text: string): string {
  return text.includes('@') ? text.replace(/[^,\s]*@/g, '(hidden)@') : text
}
