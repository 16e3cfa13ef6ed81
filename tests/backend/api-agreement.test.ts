/**
 * The description and the server agree: what fits the description is accepted, and what does not fit is refused. Both
 * are generated from the description alone, as schemathesis does.
 */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Problem } from '#shared/rest/problems.ts'
import {
  addressOf,
  bodyOf,
  describedOperation,
  type DescribedOperation,
  type DescribedPaths,
  headersOf,
  headerText,
  matches,
  type Parameter,
  requiredOf,
  textOf,
} from '../support/described-api.ts'
import { seedFleet } from '../support/fleet-rows.ts'
import { freshIp } from '../support/auth-app.ts'
import { fullBackend, type FullBackend } from '../support/full-backend.ts'
import { type JsonSchema, nasty, validValues } from '../support/schema-cases.ts'
import { accessMatrix } from './access-matrix.ts'

const cases = 150
/** Simultaneous requests of one operation. */
const together = 10

/** Labels that alerts have, patterns that compile, times in order and near now, a zone that exists. */
const aSilence = /^body\.(at|matchers\.\d+(\.value)?|schedule\.(endsAt|zone|to)|comment)$/

/**
 * What a schema cannot say: issues with these places may be refused all the same. Everything else that is valid by the
 * description must be accepted.
 */
const beyondSchemas: Readonly<Record<string, RegExp>> = {
  'get /api/metrics/range': /^query\.to$/, // after `from`
  'post /api/rules': /^body\.(warning|critical|clear|anyTags|scope\.pattern)$/, // in order; each tag once; a pattern that compiles
  'put /api/rules/:id': /^body\.(warning|critical|clear|anyTags|scope\.pattern)$/,
  'post /api/rules/apply': /^body\.rules\.\d+\.(warning|critical|clear|anyTags|scope\.pattern)$/,
  'post /api/alerts/:id/acknowledge': /^body\.(at|until|comment)$/, // near now; a long one has a comment
  'post /api/alerts/:id/comments': /^body\.(at|comment)$/, // near now; not only spaces
  'post /api/alerts/:id/assignments': /^body\.(at|to)$/, // near now; a user who can act on alerts
  'post /api/silences': aSilence,
  'put /api/silences/:id': aSilence,
  'put /api/mappings/:topic': /^body\.(node|nodeName|time|values|name|value|unit|prefix|house\.\w+)$/, // paths; text that can be stored
  'delete /api/silences/:id': /^query\.at$/, // near now
}

/** Words of the schema library. */
const rawText =
  /Invalid (input|option|string|key|element)|Too (small|big)|Unrecognized|received|regex|must match pattern/

function isSentence(detail: string): boolean {
  return /[^.]\.$/.test(detail) && !rawText.test(detail)
}

interface Case {
  readonly values: Readonly<Record<string, unknown>>
  readonly body?: unknown
}

let backend: FullBackend
let paths: DescribedPaths
let known: readonly unknown[]
const ajv = new Ajv2020({ strict: false, allErrors: true })
addFormats.default(ajv)
const validators = new Map<JsonSchema, ValidateFunction>()

beforeAll(async () => {
  backend = await fullBackend({ REGISTRATION: 'open', API_DOCS: 'on', TRUST_PROXY: '1' })
  known = await seedFleet(backend.pool)
  paths = ((await (await backend.fetch('/openapi.json')).json()) as { paths: DescribedPaths }).paths
})
afterAll(() => backend.end())

describe.each(Object.keys(accessMatrix))('%s', (name) => {
  test('accepts what fits its description', { timeout: 300_000 }, async () => {
    const { operation } = describedOperation(paths, name)
    await forAll(name, validCase(operation), ({ status, problem }) => {
      if (status < 400 || [401, 403, 404, 409, 429].includes(status)) return true
      if (status !== 400) return false
      const isBeyond = beyondSchemas[name]
      return problem?.code === 'weak_password' || (problem?.issues ?? []).some(({ path }) => isBeyond?.test(path))
    })
  })

  test('refuses what does not fit it', { timeout: 300_000 }, async () => {
    const { operation } = describedOperation(paths, name)
    const invalid = invalidCase(operation)
    if (invalid === undefined) return // takes nothing
    await forAll(name, invalid, ({ status, problem }) => {
      const isRefused = status === 400 && ['invalid_request', 'malformed_body'].includes(String(problem?.code))
      return isRefused && isSentence(problem?.detail ?? '') && !rawText.test(JSON.stringify(problem?.issues))
    })
  })
})

async function forAll(name: string, one: fc.Arbitrary<Case>, isRight: (answer: Answer) => boolean): Promise<void> {
  const wrong: string[] = []
  const property = fc.asyncProperty(fc.array(one, { minLength: together, maxLength: together }), async (group) => {
    const answers = await Promise.all(group.map((each) => send(name, each)))
    for (const answer of answers) if (answer && !isRight(answer)) wrong.push(`${answer.sent}: ${answer.text}`)
    return wrong.length === 0
  })
  await fc.assert(property, { numRuns: cases / together, endOnFailure: true, reporter: () => undefined })
  expect(wrong).toEqual([])
}

function validCase({ parameters, requestBody }: DescribedOperation): fc.Arbitrary<Case> {
  // A cursor comes from the server.
  const named = parameters.filter(({ name }) => name !== 'cursor')
  const values = named.map((parameter) => [parameter.name, validParameter(parameter)] as const)
  const body = bodyOf(requestBody)
  return fc.record({
    values: fc.record(Object.fromEntries(values), { requiredKeys: requiredOf(named) }),
    ...(body === undefined ? {} : { body: validBody(body) }),
  })
}

function validParameter({ schema, allowEmptyValue }: Parameter): fc.Arbitrary<unknown> {
  const values = validValues(schema, known).filter((value) => isValid(schema, value))
  return allowEmptyValue
    ? fc.oneof({ arbitrary: values, weight: 9 }, { arbitrary: fc.constant(''), weight: 1 })
    : values
}

function validBody(schema: JsonSchema): fc.Arbitrary<unknown> {
  return validValues(schema, known).filter((value) => isValid(schema, jsonOf(value)))
}

/** Valid but for one part. */
function invalidCase(operation: DescribedOperation): fc.Arbitrary<Case> | undefined {
  const right = validCase(operation)
  const { parameters, requestBody } = operation
  const broken = parameters
    .filter(({ in: place, name, schema }) => name !== 'cursor' && (place !== 'header' || schema.pattern !== undefined))
    .map((parameter) =>
      fc
        .tuple(right, invalidText(parameter))
        .map(([one, value]): Case => ({ ...one, values: { ...one.values, [parameter.name]: value } })),
    )
  const body = bodyOf(requestBody)
  if (body) broken.push(fc.tuple(right, invalidBody(body)).map(([one, value]): Case => ({ ...one, body: value })))
  return broken.length === 0 ? undefined : fc.oneof(...broken)
}

function invalidText(parameter: Parameter): fc.Arbitrary<string> {
  const odd = fc.oneof(fc.constantFrom(...nasty), fc.jsonValue(), fc.string({ unit: 'binary', maxLength: 8 }))
  const onWire = (text: string) => (parameter.in === 'header' ? headerText(text) : text.toWellFormed())
  return odd.map((value) => onWire(textOf(value))).filter((text) => !isValidText(parameter, text))
}

/** Whether any reading of the text fits: text on the wire has no type. */
function isValidText({ schema, allowEmptyValue }: Parameter, text: string): boolean {
  if (text === '' && allowEmptyValue === true) return true
  const number = /^\s*\+?\s*-?(\d|\.\d)/.test(text) && text.trim() !== '' ? Number(text) : NaN
  const readings: unknown[] = [text, ...(Number.isNaN(number) ? [] : [number]), text.split(',')]
  if (text === 'true' || text === 'false') readings.push(text === 'true')
  return readings.some((reading) => isValid(schema, reading))
}

function invalidBody(schema: JsonSchema): fc.Arbitrary<unknown> {
  const oneWrongField = fc
    .tuple(
      validBody(schema),
      fc.constantFrom(...Object.keys(schema.properties ?? { none: {} })),
      fc.constantFrom(...nasty),
    )
    .map(([body, name, value]) => ({ ...(body as object), [name]: value }))
  const anotherField = validBody(schema).map((body) => ({ ...(body as object), unknown_field: 1 }))
  return fc
    .oneof(oneWrongField, anotherField, fc.constantFrom(...nasty), fc.jsonValue())
    .filter((value) => jsonOf(value) !== undefined && !isValid(schema, jsonOf(value)))
}

/** As the server receives it. */
function jsonOf(value: unknown): unknown {
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown)
}

function isValid(schema: JsonSchema, value: unknown): boolean {
  const validate = validators.get(schema) ?? ajv.compile(schema)
  validators.set(schema, validate)
  return validate(value)
}

interface Answer {
  readonly status: number
  readonly problem: Problem | undefined
  readonly sent: string
  readonly text: string
}

/** @returns `undefined` if the values lead to another operation */
async function send(name: string, { values, body }: Case): Promise<Answer | undefined> {
  const { method, template, operation } = describedOperation(paths, name)
  const address = addressOf(template, operation, values)
  if (!matches(paths, template, address)) return undefined
  const text = body === undefined ? undefined : JSON.stringify(body)
  const headers = {
    ...(text === undefined ? {} : { 'Content-Type': 'application/json' }),
    ...headersOf(operation, values),
    'X-Forwarded-For': freshIp(),
  }
  const init = { method: method.toUpperCase(), headers, ...(text === undefined ? {} : { body: text }) }
  const response = await backend.fetch(address, { ...init, as: 'admin' })
  const received = await response.text()
  return {
    status: response.status,
    problem: response.status >= 400 ? (JSON.parse(received) as Problem) : undefined,
    sent: `${method} ${address.slice(0, 300)} ${JSON.stringify(headers)} ${text?.slice(0, 300)}`,
    text: `${response.status} ${received.slice(0, 300)}`,
  }
}
