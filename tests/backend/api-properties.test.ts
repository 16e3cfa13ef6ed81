/**
 * Properties of every operation: never a 5xx, a documented status, the right content type, and a body that fits the
 * description. The requests are generated from the same description, valid ones and odd ones.
 */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Role } from '#shared/session/role.ts'
import { roles } from '../support/backend-app.ts'
import { seedFleet } from '../support/fleet-rows.ts'
import {
  addressOf,
  bodyOf,
  type DescribedOperation,
  type DescribedPaths,
  describedOperation,
  headersOf,
  matches,
  requiredOf,
} from '../support/described-api.ts'
import { validValues, type JsonSchema, maybeValidValues } from '../support/schema-cases.ts'
import { fullBackend, type FullBackend } from '../support/full-backend.ts'
import { accessMatrix } from './access-matrix.ts'

const cases = 500
/** Simultaneous requests of one operation. */
const together = 10

interface Case {
  readonly as: Role | undefined
  readonly values: Readonly<Record<string, unknown>>
  readonly body: unknown
  readonly type: string
}

let backend: FullBackend
let operations: DescribedPaths
let known: readonly unknown[]
const validators = new Map<string, ValidateFunction>()
const ajv = new Ajv2020({ strict: false, allErrors: true })
addFormats.default(ajv)

beforeAll(async () => {
  backend = await fullBackend({ REGISTRATION: 'open', API_DOCS: 'on' })
  known = await seedFleet(backend.pool)
  const response = await backend.fetch('/openapi.json')
  const description = (await response.json()) as { paths: typeof operations; components: object }
  operations = description.paths
  ajv.addSchema({ $id: 'openapi', ...description }, 'openapi')
})
afterAll(() => backend.end())

describe.each(Object.keys(accessMatrix))('%s', (name) => {
  test('responses fit the description, whatever the request', { timeout: 300_000 }, async () => {
    const target = describedOperation(operations, name)
    const problems: string[] = []
    const property = fc.asyncProperty(
      fc.array(caseOf(target.operation), { minLength: together, maxLength: together }),
      async (group) => {
        const responses = await Promise.all(group.map((one) => send(target, one)))
        problems.push(...responses.filter((problem): problem is string => problem !== undefined))
        return problems.length === 0
      },
    )
    await fc.assert(property, { numRuns: cases / together, endOnFailure: true, reporter: () => undefined })
    expect(problems).toEqual([])
  })
})

/** Half of the cases are valid as far as the schema knows. In the other half anything may be odd. */
function caseOf(operation: DescribedOperation): fc.Arbitrary<Case> {
  return fc.oneof(rightCase(operation), oddCase(operation))
}

function rightCase({ parameters, requestBody }: DescribedOperation): fc.Arbitrary<Case> {
  // A made-up cursor is never valid.
  const named = parameters.filter(({ name }) => name !== 'cursor')
  const values = named.map(({ name, schema }) => [name, headerValues[name] ?? validValues(schema, known)] as const)
  const body = bodyOf(requestBody)
  return fc.record({
    as: fc.constant<Role>('admin'),
    values: fc.record(Object.fromEntries(values), { requiredKeys: requiredOf(named) }),
    body: body === undefined ? fc.constant(undefined) : validValues(body, known),
    type: fc.constant('application/json'),
  })
}

const headerValues: Readonly<Record<string, fc.Arbitrary<string>>> = {
  'If-Match': fc.constantFrom('"1"', '"2"', '*'),
  'Idempotency-Key': fc.uuid(),
}

function oddCase({ parameters, requestBody }: DescribedOperation): fc.Arbitrary<Case> {
  const values = parameters.map(({ name, schema }) => [name, maybeValidValues(schema, known)] as const)
  const body = bodyOf(requestBody)
  return fc.record({
    as: fc.constantFrom<Array<Role | undefined>>(undefined, ...roles, 'admin', 'admin', 'admin'),
    values: fc.record(Object.fromEntries(values), { requiredKeys: requiredOf(parameters) }),
    body: body === undefined ? fc.constant(undefined) : maybeValidValues(body, known),
    type: fc.constantFrom(
      'application/json',
      'application/json',
      'application/json',
      'text/plain',
      'multipart/form-data',
    ),
  })
}

interface ApiResponse {
  readonly status: number
  readonly type: string
  readonly text: string
}

interface Target {
  readonly method: string
  readonly template: string
  readonly operation: DescribedOperation
}

/** @returns what is wrong with the response, in one sentence */
async function send(target: Target, one: Case): Promise<string | undefined> {
  const { method, template, operation } = target
  const address = addressOf(template, operation, one.values)
  const body = one.body === undefined ? undefined : JSON.stringify(one.body)
  const response = await backend.fetch(address, {
    method: method.toUpperCase(),
    headers: {
      ...(body === undefined ? {} : { 'Content-Type': one.type }),
      ...headersOf(operation, one.values),
    },
    ...(one.as === undefined ? {} : { as: one.as }),
    ...(body === undefined ? {} : { body }),
  })
  const answer = { status: response.status, type: typeOf(response), text: await response.text() }
  // An id that changes the path (empty, with a slash, or the word of another path) is answered by another route.
  const isOurs = matches(operations, template, address)
  const problem = answer.status >= 500 ? '5xx' : isOurs ? misfit(target, answer) : undefined
  const sent = `${method} ${address.slice(0, 300)} as ${one.as} with ${body?.slice(0, 300)}`
  return problem && `${problem}: ${sent}: ${answer.status} ${answer.text.slice(0, 300)}`
}

function typeOf({ headers }: Response): string {
  return headers.get('content-type')?.split(';')[0] ?? ''
}

/** @returns how a response differs from its description */
function misfit({ method, template, operation }: Target, response: ApiResponse): string | undefined {
  const described = operation.responses[response.status]
  if (!described) return 'a status that is not described'
  const content = described.content?.[response.type]
  if (!content) return described.content && `content type ${response.type}`
  if (response.type === 'text/csv') return undefined
  const validate = validatorOf(`${template}/${method}/${response.status}`, content.schema)
  return validate(JSON.parse(response.text)) ? undefined : ajv.errorsText(validate.errors)
}

function validatorOf(key: string, schema: JsonSchema): ValidateFunction {
  const found = validators.get(key)
  if (found) return found
  const resolved = JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"openapi#/components')) as object
  const validate = ajv.compile(resolved)
  validators.set(key, validate)
  return validate
}
