import type { JsonSchema } from './schema-cases.ts'

/** An operation as the description of the API has it. */
export interface DescribedOperation {
  readonly parameters: readonly Parameter[]
  readonly requestBody?: { readonly content: Record<string, { readonly schema: JsonSchema }> }
  readonly responses: Record<string, { readonly content?: Record<string, { readonly schema: JsonSchema }> }>
}

export interface Parameter {
  readonly in: 'path' | 'query' | 'header'
  readonly name: string
  readonly required: boolean
  readonly schema: JsonSchema
  /** An empty value counts as not given. */
  readonly allowEmptyValue?: boolean
}

/** By path and method. */
export type DescribedPaths = Record<string, Record<string, DescribedOperation>>

/** @param name as in the access matrix: `get /api/nodes/:node_id` */
export function describedOperation(paths: DescribedPaths, name: string) {
  const [method = '', path = ''] = name.split(' ')
  const template = path.replaceAll(/:(\w+)/g, '{$1}')
  const operation = paths[template]?.[method]
  if (!operation) throw new Error(`${name} is not described`)
  return { method, template, operation }
}

export function bodyOf(requestBody: DescribedOperation['requestBody']): JsonSchema | undefined {
  return Object.values(requestBody?.content ?? {})[0]?.schema
}

export function requiredOf(parameters: readonly Parameter[]): string[] {
  return parameters.filter(({ required }) => required).map(({ name }) => name)
}

type Values = Readonly<Record<string, unknown>>

/** Path and query with the values. */
export function addressOf(template: string, { parameters }: DescribedOperation, values: Values): string {
  const at = (place: Parameter['in']) =>
    parameters.filter((parameter) => parameter.in === place && Object.hasOwn(values, parameter.name))
  let path = template
  for (const { name } of at('path')) path = path.replace(`{${name}}`, () => encode(values[name]))
  const query = at('query').map(({ name }) => `${name}=${encode(values[name])}`)
  return query.length === 0 ? path : `${path}?${query.join('&')}`
}

/** Without characters that are not valid in a header, and without the spaces around it, which HTTP removes. */
export function headerText(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '').trim()
}

/** Header fields with the values. */
export function headersOf({ parameters }: DescribedOperation, values: Values): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const { in: place, name } of parameters) {
    if (place === 'header' && Object.hasOwn(values, name)) headers[name] = headerText(textOf(values[name]))
  }
  return headers
}

/** A value as a client writes it in a path or a query. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value.join(',')
  return JSON.stringify(value) ?? ''
}

/** An unpaired surrogate cannot be encoded and is left out. A single dot would be a path segment. */
function encode(value: unknown): string {
  return encodeURIComponent(textOf(value).toWellFormed()).replaceAll(/^\.+$/g, '%252e')
}

/**
 * Whether the path is one of this operation: an id that is empty or has a slash changes it, and so does one that is the
 * last word of another path.
 */
export function matches(paths: DescribedPaths, template: string, address: string): boolean {
  const { pathname } = new URL(address, 'http://backend')
  if (pathname !== template && paths[pathname] !== undefined) return false
  const pattern = template.replaceAll(/\{\w+\}/g, '[^/]+')
  return new RegExp(`^${pattern}$`).test(pathname)
}
