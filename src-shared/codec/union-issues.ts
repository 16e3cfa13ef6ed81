import type { z } from 'zod'

/**
 * The issues of the option that the value is nearest to, for an issue of a union; the issue itself otherwise. "Invalid
 * input" says nothing: a rule with a wrong level is a rule for a metric with a wrong level.
 */
export function nearestIssues(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue]
  const nearest = issue.errors.reduce((best, errors) => (errors.length < best.length ? errors : best))
  return nearest.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] })).flatMap(nearestIssues)
}
