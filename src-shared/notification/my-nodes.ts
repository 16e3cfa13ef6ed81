import { z } from 'zod'
import { messageLimits } from '../metric/message.ts'
import { nodePrefix } from '../node/node-prefix.ts'
import { compilePattern, longestPattern } from '../pattern/linear-pattern.ts'

/** A regular expression for whole node ids, in RE2's grammar. The problem is one sentence with the part that is wrong. */
const Pattern = z
  .string()
  .min(1, 'expected a pattern')
  .max(longestPattern, `expected at most ${longestPattern} characters`)
  .superRefine((pattern, context) => {
    const compiled = compilePattern(pattern)
    if (!compiled.ok) context.addIssue({ code: 'custom', message: compiled.problem })
  })

/**
 * Some of the nodes that an operator is responsible for: one node, those whose ids begin alike (`nodePrefix`), or those
 * whose id matches a pattern.
 */
export const NodeSelector = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('node'), nodeId: z.string().min(1).max(messageLimits.nodeId) }),
  z.strictObject({ kind: z.literal('group'), prefix: z.string().min(1).max(messageLimits.nodeId) }),
  z.strictObject({ kind: z.literal('pattern'), pattern: Pattern }),
])
export type NodeSelector = z.infer<typeof NodeSelector>

export const MyNodes = z.array(NodeSelector).max(100, 'expected at most 100 entries')
export type MyNodes = z.infer<typeof MyNodes>

/** Whether a node is one of these. Compiled once per change. No selectors match no node. */
export function compileMyNodes(selectors: readonly NodeSelector[]): (nodeId: string) => boolean {
  const nodes = new Set(selectors.flatMap((one) => (one.kind === 'node' ? [one.nodeId] : [])))
  const prefixes = new Set(selectors.flatMap((one) => (one.kind === 'group' ? [one.prefix] : [])))
  const patterns = selectors.flatMap((one) => {
    const compiled = one.kind === 'pattern' ? compilePattern(one.pattern) : undefined
    return compiled?.ok ? [compiled] : []
  })
  return (nodeId) =>
    nodes.has(nodeId) || prefixes.has(nodePrefix(nodeId)) || patterns.some((pattern) => pattern.matches(nodeId))
}
