import { z } from 'zod'

/** `keep`: the value is written back, or a newer version reads it later. `drop`: nobody needs the unknown keys. */
export type UnknownKeys = 'keep' | 'drop'

/**
 * The schema with unknown keys allowed in every object. So one definition of fields is strict for API requests and
 * tolerant for records of another version.
 */
export function tolerant<T extends z.ZodType>(schema: T, unknownKeys: UnknownKeys): T {
  return opened(schema, unknownKeys) as T
}

function opened(schema: z.core.$ZodType, unknownKeys: UnknownKeys): z.core.$ZodType {
  const { def } = (schema as z.core.$ZodTypes)._zod
  const open = (inner: z.core.$ZodType): z.core.$ZodType => opened(inner, unknownKeys)
  switch (def.type) {
    case 'object': {
      const shape = Object.fromEntries(Object.entries(def.shape).map(([key, field]) => [key, open(field)]))
      const catchall = unknownKeys === 'keep' ? { catchall: z.unknown() } : { catchall: undefined }
      return remade(schema, { ...def, shape, ...catchall })
    }
    case 'array':
      return remade(schema, { ...def, element: open(def.element) })
    case 'union':
      return remade(schema, { ...def, options: def.options.map(open) })
    case 'record':
      return remade(schema, { ...def, valueType: open(def.valueType) })
    case 'optional':
    case 'nullable':
    case 'default':
    case 'readonly':
      return remade(schema, { ...def, innerType: open(def.innerType) })
    default:
      return schema
  }
}

/** Keeps the checks of the schema: they are part of its definition. */
function remade(schema: z.core.$ZodType, def: object): z.core.$ZodType {
  return z.core.clone(schema, def as never)
}
