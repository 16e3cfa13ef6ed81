import { z } from 'zod'
import { Health } from '../health/health.ts'
import { Severity } from '../rule/rule.ts'
import { defineOperation } from './operation.ts'
import { booleanParam, EpochMs, pageQuery, textField, UuidParam } from './fields.ts'
import { bodyProblems } from './problems.ts'

/** How often a console sends its heartbeat. */
export const heartbeatEveryMs = 30_000
/** Without a heartbeat for this long, by the clock of the database, a console is not connected: two may be lost. */
export const connectedWithinMs = 3 * heartbeatEveryMs
/** Of one heartbeat. The rest goes with the next one. */
export const mostShown = 1_000

/** Names only: numbers of a second ago would be wrong in a list. */
const HealthKind = z.enum(Health.options.map((option) => option.shape.kind.value))

/**
 * An alert whose notification this console showed. `severity`: of the alert in that notification. Who saw the warning
 * has not seen that it became critical. `at`: by the clock of the console.
 */
const ShownAlert = z.strictObject({ alertId: z.uuid(), severity: Severity, at: EpochMs })

/** What a console says of itself. Times are by its own clock, epoch ms. */
const heartbeat = {
  /** Of the computer, or as its user calls it. */
  name: textField(1, 128),
  version: textField(1, 64),
  startedAt: EpochMs,
  health: HealthKind,
  /** Absent: notifications are shown. */
  doNotDisturbUntil: EpochMs.optional(),
}

/**
 * The id is the console's own, made once for each installation. It counts together with the user: two users of one
 * computer are two consoles, and nobody can report as the console of another user.
 */
export const heartbeatOperation = defineOperation({
  method: 'put',
  path: '/api/consoles/:id',
  access: 'viewer',
  tag: 'consoles',
  summary: 'Heartbeat of a console, each 30 s: it is connected, and showed these alerts',
  params: UuidParam,
  body: {
    schema: z.strictObject({
      ...heartbeat,
      /** Those since the last heartbeat that was accepted. Repeating one changes nothing. */
      shown: z.array(ShownAlert).max(mostShown),
    }),
    /** 1,000 alerts and the rest. */
    maxBytes: 200_000,
  },
  ok: {
    status: 200,
    body: z.strictObject({
      /** How many of `shown` are alerts that the backend knows. */
      known: z.int(),
      /** The others. They are kept for a day, because the backend may read their records after the console. */
      unknown: z.int(),
    }),
  },
  errors: bodyProblems,
})

/** One console of one user. */
export const ConsoleItem = z.strictObject({
  id: z.uuid(),
  user: z.string(),
  ...heartbeat,
  doNotDisturbUntil: EpochMs.nullable(),
  /** Whether its last heartbeat is younger than 90 s. */
  connected: z.boolean(),
  /** Start of its connection, or of the last one. By the clock of the backend, as the next one. */
  connectedSince: EpochMs,
  lastSeenAt: EpochMs,
})
export type ConsoleItem = z.infer<typeof ConsoleItem>

export const listConsolesOperation = defineOperation({
  method: 'get',
  path: '/api/consoles',
  access: 'viewer',
  tag: 'consoles',
  summary: 'Consoles of the last 30 days, by name; times in epoch ms',
  query: z.object({ ...pageQuery, connected: booleanParam.optional() }),
  ok: { status: 200, body: z.array(ConsoleItem), pages: true },
  errors: [],
})
