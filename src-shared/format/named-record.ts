import { z } from 'zod'

/**
 * A record whose keys are names of other people, such as metrics. Unlike `z.record`, it keeps a key named `__proto__`,
 * which JSON makes an ordinary one.
 */
export function namedRecord<T>(
  value: z.ZodType<T>,
  name: z.ZodType<string> = z.string(),
): z.ZodType<Record<string, T>> {
  return z.unknown().transform((input, context) => {
    if (typeof input !== 'object' || input === null || Array.isArray(input)) {
      context.addIssue({ code: 'invalid_type', expected: 'object', input })
      return z.NEVER
    }
    const entries: Array<readonly [string, T]> = []
    for (const [key, item] of Object.entries(input)) {
      const [named, parsed] = [name.safeParse(key), value.safeParse(item)]
      if (named.success && parsed.success) entries.push([key, parsed.data])
      const [issue] = [...(named.error?.issues ?? []), ...(parsed.error?.issues ?? [])]
      if (issue) context.addIssue({ code: 'custom', path: [key], message: issue.message })
    }
    return Object.fromEntries(entries) // defines each key, where an assignment would set the prototype
  })
}
