import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Transition } from '#shared/alert/transition.ts'
import type { AuditAction } from '#shared/rest/audit.ts'
import type { Role } from '#shared/session/role.ts'
import { anId, aRule } from '#shared/rule/rule-builders.ts'
import { applyTransitions } from '../../src-backend/alerts/service.ts'
import { hashOfToken } from '../../src-backend/auth/tokens/secret-token.ts'
import { withTx } from '../../src-backend/db/tx.ts'
import { passwordOf, fullBackend, type FullBackend } from '../support/full-backend.ts'

let backend: FullBackend
beforeAll(async () => {
  // port 1 is closed: a test message is in the audit all the same
  backend = await fullBackend({ REGISTRATION: 'open', NOTIFY_WEBHOOK_URL: 'http://127.0.0.1:1/' })
  await backend.pool.query(`update setup_token set hash = $1`, [hashOfToken('set-up')])
  await backend.pool.query(
    `insert into node (node_id, node_name, last_seen, latest) values ('node-1', 'Server', now(), '{}')`,
  )
  await withTx(backend.pool, (db) => applyTransitions(db, [opened]))
})
afterAll(() => backend.end())

const opened: Transition = {
  kind: 'opened',
  alertId: anId(1),
  alertKind: 'value',
  series: { nodeId: 'node-1', nodeName: 'Server', metric: 'cpu_usage' },
  rule: { id: aRule().id, version: 1 },
  at: Date.UTC(2026, 10, 24, 10),
  since: Date.UTC(2026, 10, 24, 10),
  severity: 'warning',
  value: 90,
  threshold: 85,
  condition: 'greater',
  forSeconds: 0,
}

const password = 'violet anvil harbour'
const applicant = (username: string) => ({ username, email: `${username}@ops.example`, password })
const rule = { scope: { kind: 'all' }, metric: 'temp', condition: 'greater', warning: 80, forSeconds: 0, enabled: true }
const threshold = { node_id: 'node-1', metric_type: 'cpu_usage', threshold_value: 80, condition: 'greater' }
const silence = {
  matchers: [{ name: 'node', operator: '=', value: 'node-1' }],
  schedule: { kind: 'once', startsAt: Date.now(), endsAt: Date.now() + 3_600_000 },
  comment: 'disk swap',
}
/** Sessions are in the log. A heartbeat is nothing that a person does. */
const unaudited = ['post /api/auth/login', 'post /api/auth/refresh', 'post /api/auth/logout', 'put /api/consoles/:id']

interface Write {
  readonly operation: string
  readonly as?: Role
  readonly body?: object
  /** Value of `:id`, `:node_id` or `:topic`, from earlier responses by operation. */
  readonly id?: (responses: ReadonlyMap<string, { id: string | number }>) => string | number | undefined
  readonly leaves: readonly AuditAction[]
}

/** One successful request for every route that changes something, in a possible order. */
const writes: readonly Write[] = [
  { operation: 'post /api/auth/register', body: applicant('rita'), leaves: ['user.registered'] },
  { operation: 'post /api/auth/setup', body: { ...applicant('sue'), token: 'set-up' }, leaves: ['user.created'] },
  {
    operation: 'post /api/users',
    as: 'admin',
    body: { ...applicant('ulf'), role: 'viewer' },
    leaves: ['user.created'],
  },
  {
    operation: 'patch /api/users/:id',
    as: 'admin',
    id: (responses) => responses.get('post /api/users')?.id,
    body: { role: 'operator', password: 'another anvil harbour' },
    leaves: ['user.changed', 'user.password-changed'],
  },
  { operation: 'post /api/thresholds', as: 'admin', body: threshold, leaves: ['rule.created'] },
  {
    operation: 'delete /api/thresholds/:id',
    as: 'admin',
    id: (responses) => responses.get('post /api/thresholds')?.id,
    leaves: ['rule.removed'],
  },
  { operation: 'post /api/rules', as: 'admin', body: rule, leaves: ['rule.created'] },
  {
    operation: 'put /api/rules/:id',
    as: 'admin',
    id: (responses) => responses.get('post /api/rules')?.id,
    body: { ...rule, warning: 70 },
    leaves: ['rule.changed'],
  },
  {
    operation: 'delete /api/rules/:id',
    as: 'admin',
    id: (responses) => responses.get('post /api/rules')?.id,
    leaves: ['rule.removed'],
  },
  {
    operation: 'post /api/rules/apply',
    as: 'admin',
    body: { rules: [rule], managed: { file: 'rules.yaml', revision: '4f2c9e1' } },
    // The three stock rules go.
    leaves: ['rule.removed', 'rule.removed', 'rule.removed', 'rule.created', 'rules.managed'],
  },
  { operation: 'delete /api/rules/management', as: 'admin', leaves: ['rules.released'] },
  {
    operation: 'post /api/alerts/:id/acknowledge',
    as: 'operator',
    id: () => opened.alertId,
    body: { comment: 'mine' },
    leaves: ['alert.acknowledged'],
  },
  {
    operation: 'delete /api/alerts/:id/acknowledgement',
    as: 'operator',
    id: () => opened.alertId,
    leaves: ['alert.unacknowledged'],
  },
  {
    operation: 'post /api/alerts/:id/comments',
    as: 'operator',
    id: () => opened.alertId,
    body: { comment: 'disk is full' },
    leaves: ['alert.commented'],
  },
  {
    operation: 'post /api/alerts/:id/assignments',
    as: 'operator',
    id: () => opened.alertId,
    body: { to: 'admin' },
    leaves: ['alert.assigned'],
  },
  { operation: 'post /api/silences', as: 'operator', body: silence, leaves: ['silence.created'] },
  {
    operation: 'put /api/silences/:id',
    as: 'operator',
    id: (responses) => responses.get('post /api/silences')?.id,
    body: { ...silence, comment: 'takes longer' },
    leaves: ['silence.changed'],
  },
  {
    operation: 'delete /api/silences/:id',
    as: 'operator',
    id: (responses) => responses.get('post /api/silences')?.id,
    leaves: ['silence.expired'],
  },
  {
    operation: 'put /api/mappings/:topic',
    as: 'operator',
    id: () => 'press-line',
    body: { node: 'machine.serial', values: 'readings' },
    leaves: ['mapping.saved'],
  },
  { operation: 'delete /api/mappings/:topic', as: 'operator', id: () => 'press-line', leaves: ['mapping.removed'] },
  {
    operation: 'delete /api/nodes/:node_id',
    as: 'admin',
    id: () => 'node-1',
    leaves: ['node.forgotten'],
  },
  { operation: 'post /api/second-channel/test', as: 'admin', leaves: ['second-channel.tested'] },
  {
    operation: 'post /api/auth/password',
    as: 'viewer',
    body: { current_password: passwordOf('viewer'), new_password: password },
    leaves: ['user.password-changed'],
  },
]

const audited = async () => {
  const { rows } = await backend.pool.query<{ action: AuditAction; actor: string; request_id: string }>(
    'select action, actor, request_id from audit order by id',
  )
  return rows
}

test('every route that changes something is tried here', () => {
  const changing = backend.contracts
    .filter(({ method }) => method !== 'get')
    .map(({ method, path }) => `${method} ${path}`)
  expect([...writes.map(({ operation }) => operation), ...unaudited].toSorted()).toEqual(changing.toSorted())
})

test('every change leaves a row: what, by whom, and in which request', async () => {
  const responses = new Map<string, { id: string | number }>()
  for (const { operation, as, body, id, leaves } of writes) {
    const before = (await audited()).length
    const [method = '', path = ''] = operation.split(' ')
    const response = await backend.fetch(path.replace(/:((node_)?id|topic)/, String(id?.(responses))), {
      method: method.toUpperCase(),
      headers: body ? { 'Content-Type': 'application/json' } : {},
      ...(as ? { as } : {}),
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    const text = await response.text()
    const answer = JSON.parse(text || '{}') as { id: string | number; username?: string }
    expect([operation, response.ok]).toEqual([operation, true])
    responses.set(operation, answer)
    const actor = as ?? answer.username
    const row = { actor, request_id: response.headers.get('x-request-id') }
    expect((await audited()).slice(before)).toEqual(leaves.map((action) => ({ action, ...row })))
  }
})

test('no row contains a password or a token', async () => {
  const { rows } = await backend.pool.query<{ row: string }>('select audit::text as row from audit')
  const secrets = ['anvil', 'set-up', 'argon2', ...Object.values(backend.tokens)]
  expect(rows.filter(({ row }) => secrets.some((secret) => row.includes(secret)))).toEqual([])
})

test('the audit is filtered by action and by text in who, what, before and after', async () => {
  const count = async (query: string): Promise<number> => {
    const response = await backend.fetch(`/api/audit?${query}`, { as: 'admin' })
    expect(response.status).toBe(200)
    return ((await response.json()) as unknown[]).length
  }
  await backend.pool.query(
    `insert into audit (actor, action, subject, before, after, request_id) values
     ('Zoe', 'rule.changed', 'r1', '{"warning": 1}', '{"warning": 2, "metric": "Zeta_load"}', 'x'),
     ('kim', 'rule.removed', 'zoe-db', null, null, 'x')`,
  )
  expect(await Promise.all(['text=zoe', 'text=zeta_LOAD', 'text=zoe&action=rule.changed'].map(count))).toEqual([
    2, 1, 1,
  ])
  expect(await Promise.all(['text=%25', 'text=nothing-like-it'].map(count))).toEqual([0, 0])
  expect((await backend.fetch('/api/audit?action=rule.eaten', { as: 'admin' })).status).toBe(400)
})
