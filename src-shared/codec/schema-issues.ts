import type { z } from 'zod'

type Issue = z.core.$ZodIssue

/**
 * The issues of a value, where each union has those of the option that is closest to it: the one with the fewest. A
 * union itself only says "Invalid input".
 */
export function schemaIssues(issues: readonly Issue[]): readonly Issue[] {
  return issues.flatMap((issue) => {
    if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue]
    const options = issue.errors.map(schemaIssues)
    const closest = options.reduce((best, option) => (option.length < best.length ? option : best))
    return closest.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }))
  })
}
