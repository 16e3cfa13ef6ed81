import { commonProblems, Problem, problems, type ProblemCode } from '#shared/rest/problems.ts'
import type { Operation } from '#shared/rest/operation.ts'
import { z } from 'zod'

type Json = Readonly<Record<string, unknown>>

/** The OpenAPI 3.1 description of all operations, generated from their contracts. */
export function openApi(contracts: readonly Operation[], version: string): Json {
  const paths: Record<string, Record<string, Json>> = {}
  for (const contract of contracts) {
    const path = contract.path.replaceAll(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [contract.method]: operation(contract) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'ReMo',
      version,
      description: 'Shared thresholds, alerts, acknowledgements and metric history of a ReMo backend.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: [...new Set(contracts.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: { Problem: schemaOf(Problem, 'output') },
    },
  }
}

function operation(contract: Operation): Json {
  const { method, path, tag, summary, access, body } = contract
  return {
    operationId: operationId(method, path),
    tags: [tag],
    summary,
    description: access === 'public' ? 'Public.' : `Role: ${access} or higher.`,
    security: access === 'public' ? [] : [{ bearer: [] }],
    parameters: parametersOf(contract),
    ...(body ? { requestBody: { required: !body.optional, content: contentOf(body) } } : {}),
    responses: {
      [contract.ok.status]: okOf(contract),
      ...(contract.ok.conditional ? { 304: { description: 'Not modified.' } } : {}),
      ...problemsOf(contract),
    },
  }
}

/** `post /api/alerts/:id/acknowledge` → `postAlertsAcknowledge`. */
function operationId(method: string, path: string): string {
  const words = path.split(/[/-]/).filter((word) => word !== '' && word !== 'api' && !word.startsWith(':'))
  const one = path.includes('/:') && path.split('/').at(-1)?.startsWith(':') ? 'One' : ''
  return method + words.map((word) => word[0]?.toUpperCase() + word.slice(1)).join('') + one
}

function contentOf({ schema, form }: NonNullable<Operation['body']>): Json {
  const content = { schema: schemaOf(schema, 'input') }
  const kinds = ['application/json', ...(form ? ['application/x-www-form-urlencoded', 'multipart/form-data'] : [])]
  return Object.fromEntries(kinds.map((kind) => [kind, content]))
}

function parametersOf({ params, query, headers = [], ok }: Operation): Json[] {
  const used = [...headers, ...(ok.conditional ? (['if-none-match'] as const) : [])]
  const fromHeaders = used.map((name) => ({
    in: 'header',
    name: headerNames[name],
    required: false,
    schema: { type: 'string', ...headerPatterns[name] },
    description: headerTexts[name],
  }))
  return [...fieldsOf('path', params), ...fieldsOf('query', query), ...fromHeaders]
}

const headerNames = {
  'if-match': 'If-Match',
  'idempotency-key': 'Idempotency-Key',
  'device-token': 'Device-Token',
  'if-none-match': 'If-None-Match',
} as const
const headerPatterns = {
  'if-match': { pattern: '^(\\*|(W/)?"\\d{1,9}")?$' },
  'idempotency-key': { pattern: '^[!-~]{0,200}$' },
  'device-token': {},
  'if-none-match': {},
} as const
const headerTexts = {
  'if-match':
    'The version you read, from its ETag. If it has changed, the request fails with 409. Without this header, the last write wins.',
  'device-token':
    'The token that this device got when it last signed in to this account. Its wrong passwords are then counted apart from those of others.',
  'idempotency-key': 'Sending a request again with the same key within 8 days returns the first response.',
  'if-none-match': 'The ETag of an earlier response. If it is still current, the response is 304 without a body.',
} as const

function fieldsOf(place: 'path' | 'query', schema: z.ZodObject | undefined): Json[] {
  if (!schema) return []
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as {
    properties?: Record<string, Json>
    required?: string[]
  }
  return Object.entries(properties).map(([name, field]) => ({
    in: place,
    name,
    required: place === 'path' || required.includes(name),
    schema: field,
    // an empty optional parameter counts as not given
    ...(place === 'query' && !required.includes(name) ? { allowEmptyValue: true } : {}),
    ...(field['type'] === 'array' ? { style: 'form', explode: false } : {}),
  }))
}

function okOf({ ok }: Operation): Json {
  const headers = {
    ...(ok.conditional ? { ETag: { schema: { type: 'string' }, description: 'Changes with the body.' } } : {}),
    ...(ok.etag ? { ETag: { schema: { type: 'string' }, description: 'The version, in quotes.' } } : {}),
    ...(ok.deviceToken
      ? { 'Device-Token': { schema: { type: 'string' }, description: 'Send it with the next sign-in.' } }
      : {}),
    ...(ok.pages ? { Link: { schema: { type: 'string' }, description: 'rel="next": the next page.' } } : {}),
  }
  const content = ok.type
    ? { 'text/csv': { schema: { type: 'string' } } }
    : ok.body && { 'application/json': { schema: schemaOf(ok.body, 'output') } }
  return { description: 'Done.', headers, ...(content ? { content } : {}) }
}

/** All problems of one operation, by status. */
function problemsOf({ errors, access }: Operation): Record<string, Json> {
  const session: ProblemCode[] =
    access === 'public' ? [] : ['unauthenticated', 'session_ended', 'account_disabled', 'forbidden']
  const codes = [...new Set<ProblemCode>([...errors, ...session, ...commonProblems])].filter(
    (code) => code !== 'internal',
  )
  const byStatus = Map.groupBy(codes, (code) => String(problems[code].status))
  const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } }
  return Object.fromEntries(
    [...byStatus].map(([status, same]) => [status, { description: same.map(describe).join(' '), content }]),
  )
}

function describe(code: ProblemCode): string {
  return `\`${code}\`: ${problems[code].title}`
}

/** Text that PostgreSQL can store: no NUL, no half of a surrogate pair. */
const textPattern = '^[^\\u0000\\ud800-\\udfff]*$'

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      if (io === 'input') describeInput(jsonSchema)
    },
  })
  return json
}

/** Says what the schema library cannot: the type of a default, and which text is text. */
function describeInput(json: z.core.JSONSchema.BaseSchema): void {
  const isNumber = json.type === 'integer' || json.type === 'number'
  if (isNumber && typeof json.default === 'string') json.default = Number(json.default)
  const isFree = json.type === 'string' && ![json.pattern, json.format, json.enum, json.const].some(Boolean)
  if (isFree) json.pattern = textPattern
}
