/** Topics as Kafka's ACLs name them. */
export type AclTopics =
  | { readonly pattern: 'literal' | 'prefixed'; readonly name: string }
  /** Each topic of the cluster. */
  | { readonly pattern: 'literal'; readonly name: '*' }

/** The command of Kafka that lets this principal read these topics. For the shell of a person who runs the brokers. */
export function grantReadCommand(bootstrap: string, principal: string, { pattern, name }: AclTopics): string {
  const prefixed = pattern === 'prefixed' ? ' --resource-pattern-type prefixed' : ''
  return `kafka-acls.sh --bootstrap-server ${quoted(bootstrap)} --add --allow-principal ${quoted(principal)} --operation Read --operation Describe --topic ${quoted(name)}${prefixed}`
}

/** As one word of a shell. */
function quoted(text: string): string {
  return /^[\w.:=@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

/**
 * The text with which each match of a pattern begins: `metrics-` of `^metrics-.*`. Empty if there is none that is
 * certain.
 */
export function literalPrefix(pattern: string): string {
  if (!pattern.startsWith('^') || pattern.includes('|')) return ''
  let prefix = ''
  for (let rest = pattern.slice(1); ;) {
    const [whole, escaped, plain] = /^(?:\\([.\-_])|([A-Za-z0-9_-]))(?![*?{])/.exec(rest) ?? []
    if (whole === undefined) return prefix
    prefix += escaped ?? plain ?? ''
    rest = rest.slice(whole.length)
  }
}

/**
 * Kafka's name of a client that signs in by certificate: its subject in the order of RFC 2253.
 * @param subject one `NAME=value` a line, as `X509Certificate` has it
 */
export function certificatePrincipal(subject: string): string {
  return `User:${subject.split('\n').filter(Boolean).reverse().join(',')}`
}
