import { z } from 'zod'
import { AuditAction, AuditEntry } from '../rest/audit.ts'

/** Calls about the audit of the backend, for administrators. */
export const auditCalls = {
  /** Newest first; `next` is the cursor of the page after it. */
  'audit.list': {
    request: z.strictObject({
      cursor: z.string().max(500).optional(),
      action: AuditAction.optional(),
      text: z.string().min(1).max(100).optional(),
    }),
    reply: z.strictObject({ entries: z.array(AuditEntry), next: z.string().optional() }),
  },
} satisfies Record<string, { request: z.ZodType; reply: z.ZodType }>
