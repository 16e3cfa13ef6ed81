/** Error codes of Node and of Chromium's network stack. */
const sentences: ReadonlyArray<readonly [RegExp, string]> = [
  [/ECONNREFUSED|ERR_CONNECTION_REFUSED/, 'Nothing is listening at its address.'],
  [/ENOTFOUND|EAI_AGAIN|ERR_NAME_NOT_RESOLVED/, 'Its host name cannot be resolved.'],
  [/CERT|SELF_SIGNED|ERR_SSL|ERR_TLS/, 'This computer does not trust its certificate.'],
  [/ERR_PROXY|ERR_TUNNEL/, 'The proxy of this computer blocks the connection.'],
  [/ERR_INTERNET_DISCONNECTED|ENETUNREACH|EHOSTUNREACH|ERR_ADDRESS_UNREACHABLE/, 'There is no network route to it.'],
  [/redirect/i, 'It redirects to another address, which ReMo does not follow.'],
]

/** Why a request got no response, as one sentence. `limitMs`: the request's time limit. */
export function unreachableSentence(cause: unknown, limitMs: number): string {
  // Chromium and Node use different names. Only the time limit aborts a request.
  if (cause instanceof Error && /^(Timeout|Abort)Error$/.test(cause.name))
    return `It did not answer within ${limitMs / 1000} s.`
  const text = unreachableDetail(cause)
  return sentences.find(([pattern]) => pattern.test(text))?.[1] ?? 'The connection was lost.'
}

/** Node puts the reason into causes and into the errors of each address it tried. */
function unreachableDetail(cause: unknown, depth = 0): string {
  if (!(cause instanceof Error) || depth > 4) return ''
  const { code } = cause as NodeJS.ErrnoException
  const parts = cause instanceof AggregateError ? cause.errors : []
  return [
    code ?? '',
    cause.message,
    unreachableDetail(cause.cause, depth + 1),
    ...parts.map((one) => unreachableDetail(one, depth + 1)),
  ].join(' ')
}
