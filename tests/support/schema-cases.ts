import fc from 'fast-check'

/** The subset of JSON Schema that the contracts use. */
export interface JsonSchema {
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly items?: JsonSchema
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly format?: string
  readonly pattern?: string
}

/** Values that often break servers. */
export const nasty: readonly unknown[] = [
  null,
  '',
  '\0',
  '\ud800',
  "' or 1=1 --",
  '../../etc/passwd',
  '%00',
  '%ZZ',
  '=cmd()',
  'x'.repeat(5_000),
  '+275760-09-13T00:00:00.001Z',
  '0000-01-01T00:00:00Z',
  'NaN',
  '1e400',
  '-0',
  '9007199254740993',
  '99999999999999999999',
  -1,
  0,
  0.1,
  -0,
  1e308,
  2 ** 53,
  2 ** 31,
  true,
  [],
  [[]],
  {},
  { __proto__: { admin: true } },
  { constructor: { prototype: {} } },
]

/** Valid values for the schema, including known ones (existing ids) where it allows any text. */
export function validValues(schema: JsonSchema, known: readonly unknown[] = []): fc.Arbitrary<unknown> {
  return arbitraryOf(schema, { known, odd: false })
}

/** Values that may be valid, with occasional odd parts. */
export function maybeValidValues(schema: JsonSchema, known: readonly unknown[] = []): fc.Arbitrary<unknown> {
  return fc.oneof(
    { arbitrary: arbitraryOf(schema, { known, odd: true }), weight: 6 },
    { arbitrary: fc.constantFrom(...nasty), weight: 2 },
    { arbitrary: fc.string({ unit: 'binary', maxLength: 30 }), weight: 1 },
    { arbitrary: fc.jsonValue(), weight: 1 },
  )
}

interface Taste {
  readonly known: readonly unknown[]
  /** Whether fields of objects may have odd values. */
  readonly odd: boolean
}

function arbitraryOf(schema: JsonSchema, taste: Taste): fc.Arbitrary<unknown> {
  const { enum: values, const: only, anyOf, oneOf } = schema
  if (values !== undefined) return fc.constantFrom(...values)
  if (only !== undefined) return fc.constant(only)
  const choices = anyOf ?? oneOf
  if (choices !== undefined) return fc.oneof(...choices.map((choice) => arbitraryOf(choice, taste)))
  const type = Array.isArray(schema.type) ? (schema.type[0] as string) : (schema.type as string | undefined)
  const make = byType[type ?? '']
  return make ? make(schema, taste) : fc.jsonValue()
}

const byType: Readonly<Record<string, (schema: JsonSchema, taste: Taste) => fc.Arbitrary<unknown>>> = {
  object: objectOf,
  array: ({ items = {}, minItems = 0 }, taste) =>
    fc.array(arbitraryOf(items, taste), { minLength: minItems, maxLength: 4 }),
  integer: ({ minimum = -1000, maximum }) =>
    fc.oneof(
      fc.integer({ min: Math.max(minimum, -1e9), max: Math.min(maximum ?? minimum + 1000, 1e9) }),
      // without a maximum, any number of digits is valid
      fc.constantFrom(...[minimum, maximum ?? 1e21, maximum ?? 2 ** 53, maximum ?? 1_000_000]),
    ),
  number: ({ minimum = -1e6, maximum = 1e6 }) =>
    fc.oneof(
      fc.integer({ min: Math.ceil(minimum), max: Math.floor(maximum) }),
      fc.double({ min: minimum, max: maximum, noNaN: true }),
      fc.constantFrom(...[1e-5, 1e-300, 0.1, 5e-324, minimum, maximum].filter((n) => n >= minimum && n <= maximum)),
    ),
  boolean: () => fc.boolean(),
  string: stringOf,
}

function objectOf({ properties = {}, required = [] }: JsonSchema, taste: Taste): fc.Arbitrary<unknown> {
  const fields = Object.entries(properties).map(([name, field]): [string, fc.Arbitrary<unknown>] => {
    const fits = arbitraryOf(field, taste)
    const odd = { arbitrary: fc.constantFrom(...nasty), weight: 1 }
    return [name, taste.odd ? fc.oneof({ arbitrary: fits, weight: 9 }, odd) : fits]
  })
  return fc.record(Object.fromEntries(fields), { requiredKeys: [...required] })
}

function stringOf(schema: JsonSchema, { known }: Taste): fc.Arbitrary<unknown> {
  const { format, pattern, minLength = 0, maxLength = 60 } = schema
  const matching = (values: RegExp) => known.filter((value) => typeof value === 'string' && values.test(value))
  if (format === 'uuid') return fc.oneof(fc.uuid(), fc.constantFrom(...matching(/^[\da-f-]{36}$/), crypto.randomUUID()))
  if (format === 'date-time') return aroundNow()
  if (format === 'email') return fc.emailAddress()
  if (pattern === plainText) return fc.oneof(anyText(minLength, maxLength), ...knownTexts(known))
  if (pattern !== undefined)
    return fc
      .stringMatching(new RegExp(pattern.replace('\\p{L}\\p{N}', 'a-z0-9')), { size: 'small' })
      .filter((text) => !['.', '..'].includes(text)) // a client removes these from a path
  return fc.oneof(anyText(minLength, maxLength), ...knownTexts(known))
}

/** The pattern of any text that PostgreSQL can store. */
const plainText = '^[^\\u0000\\ud800-\\udfff]*$'

/** Short texts of any script, and the shortest and longest of letters. */
function anyText(minLength: number, maxLength: number): fc.Arbitrary<string> {
  const ofAnyScript = fc
    .string({ unit: 'grapheme', maxLength: 12 })
    .filter((text) => text.length >= minLength && text.length <= maxLength)
  return fc.oneof(
    fc.string({ minLength, maxLength: Math.min(Math.max(maxLength, minLength), 60) }),
    ofAnyScript,
    fc.constantFrom('x'.repeat(minLength), 'x'.repeat(Math.min(maxLength, 5_000))),
  )
}

function knownTexts(known: readonly unknown[]): Array<fc.Arbitrary<unknown>> {
  const texts = known.filter((value) => typeof value === 'string')
  return texts.length === 0 ? [] : [fc.constantFrom(...texts)]
}

/** Typical times, and arbitrary ones. */
function aroundNow(): fc.Arbitrary<string> {
  const day = 86_400_000
  const near = fc.integer({ min: -30 * day, max: day }).map((ms) => new Date(Date.now() + ms).toISOString())
  return fc.oneof(
    near,
    fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  )
}
