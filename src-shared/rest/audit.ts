import { z } from 'zod'
import { defineOperation } from './operation.ts'
import { pageQuery, textField, Time } from './fields.ts'

export const AuditAction = z.enum([
  'rule.created',
  'rule.changed',
  'rule.removed',
  'rules.managed',
  'rules.released',
  'alert.acknowledged',
  'alert.unacknowledged',
  'alert.commented',
  'alert.assigned',
  'silence.created',
  'silence.changed',
  'silence.expired',
  'mapping.saved',
  'mapping.removed',
  'node.forgotten',
  'user.created',
  'user.registered',
  'user.changed',
  'user.password-changed',
  'second-channel.tested',
  'database.restored',
])
export type AuditAction = z.infer<typeof AuditAction>

/** One change: user, target, and its state before and after. Never contains a password or a token. */
export const AuditEntry = z.strictObject({
  id: z.string(),
  at: Time,
  actor: z.string(),
  action: AuditAction,
  subject: z.string(),
  before: z.unknown(),
  after: z.unknown(),
})

export type AuditEntry = z.infer<typeof AuditEntry>

export const listAuditOperation = defineOperation({
  method: 'get',
  path: '/api/audit',
  access: 'admin',
  tag: 'audit',
  summary: 'Changes made by users, newest first',
  query: z.object({
    ...pageQuery,
    action: AuditAction.optional(),
    /** In who, what, before or after. Case does not matter. */
    text: textField(1, 100).optional(),
  }),
  ok: { status: 200, body: z.array(AuditEntry), pages: true },
  errors: [],
})
