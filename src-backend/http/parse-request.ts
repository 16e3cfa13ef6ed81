import { flatIssues, schemaMessage } from '#shared/format/schema-message.ts'
import type { Problem } from '#shared/rest/problems.ts'
import type { z } from 'zod'
import { apiError } from './problem.ts'

type Issues = NonNullable<Problem['issues']>
type RequestSection = 'params' | 'query' | 'body'

/**
 * Validates the sections of a request.
 * @throws ApiError `invalid_request` with all issues of all sections
 */
export function parseRequest(
  schemas: Partial<Record<RequestSection, z.ZodType | undefined>>,
  given: Partial<Record<RequestSection, unknown>>,
): Record<RequestSection, unknown> {
  const issues: Issues = []
  const parsed: Record<RequestSection, unknown> = { params: undefined, query: undefined, body: undefined }
  for (const section of ['params', 'query', 'body'] as const) {
    const schema = schemas[section]
    if (schema === undefined) continue
    const result = schema.safeParse(given[section], { error: schemaMessage })
    if (result.success) parsed[section] = result.data
    else issues.push(...flatIssues(result.error.issues).flatMap((issue) => issuesOf(section, issue)))
  }
  if (issues.length === 0) return parsed
  const [first] = issues
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : ''
  const sentence = `${first?.path}: ${first?.message.replace(/\.$/, '')}${more}.`
  throw apiError('invalid_request', sentence, { issues: issues.slice(0, 20) })
}

function issuesOf(section: RequestSection, issue: z.core.$ZodIssue): Issues {
  const path = [section, ...issue.path.map(String)].join('.').slice(0, 200)
  if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message.slice(0, 300) }]
  return issue.keys.map((key) => ({ path: `${path}.${key}`.slice(0, 200), message: 'unknown field' }))
}

/**
 * The query as an object with the parameters of the operation; others are ignored. A name may occur once. An empty
 * optional parameter counts as not given, as scripts of the first ReMo send it.
 * @throws ApiError `invalid_request`
 */
export function singleQuery(search: URLSearchParams, schema: z.ZodObject): Record<string, string> {
  const shape: Readonly<Record<string, z.core.$ZodType>> = schema.shape
  const query = new Map<string, string>()
  for (const [name, value] of search) {
    if (!Object.hasOwn(shape, name)) continue
    if (query.has(name)) {
      const issues = [{ path: `query.${name}`, message: 'given more than once' }]
      throw apiError('invalid_request', `query.${name}: given more than once.`, { issues })
    }
    query.set(name, value)
  }
  const isGiven = ([name, value]: [string, string]): boolean => value !== '' || !isOptional(shape[name])
  return Object.fromEntries([...query].filter(isGiven))
}

function isOptional(schema: z.core.$ZodType | undefined): boolean {
  return schema?._zod.optin !== undefined // optional, or with a default
}

/** The version in `If-Match: "3"`; `undefined` without the header, for an empty one and for `*`. */
export function versionOf(ifMatch: string | undefined): number | undefined {
  if (ifMatch === undefined || ['', '*'].includes(ifMatch.trim())) return undefined
  const match = /^(?:W\/)?"(\d{1,9})"$/.exec(ifMatch.trim())
  if (match) return Number(match[1])
  throw apiError('invalid_request', 'If-Match: expected "<version>" as in an ETag.', {
    issues: [{ path: 'headers.if-match', message: 'expected "<version>"' }],
  })
}

export function idempotencyKeyOf(given: string | undefined): string | undefined {
  if (given === undefined || given === '') return undefined
  if (/^[\x21-\x7e]{1,200}$/.test(given)) return given
  throw apiError('invalid_request', 'Idempotency-Key: expected 1 to 200 printable characters.', {
    issues: [{ path: 'headers.idempotency-key', message: 'expected 1 to 200 printable characters' }],
  })
}
