import { actionQueueOf } from '#shared/ipc/action-queue.ts'
import type { Alert } from '#shared/alert/alert.ts'
import type { AuditEntry } from '#shared/rest/audit.ts'
import type { Account } from '#shared/rest/users.ts'
import { anId } from '#shared/rule/rule-builders.ts'
import { stockRules } from '#shared/rule/stock-rules.ts'
import type { Rule } from '#shared/rule/rule.ts'
import type { Role } from '#shared/session/role.ts'
import type { OperatorSession } from '#shared/session/operator-session.ts'
import type { OperatorAction } from '#shared/team/operator-action.ts'
import { anAccount } from '../bridge/bridge-builders.ts'
import { okReply, failureReply, type FakeBridge } from '../bridge/fake-bridge.ts'

type Replies = FakeBridge['replies']

export interface PreviewSessionOptions {
  readonly session: 'standalone' | 'never' | 'expired' | 'disabled' | 'keychain' | Role
  readonly backend: 'ok' | 'unreachable'
  readonly actions: 'none' | 'queue' | 'conflict'
  /** `managed`: the thresholds come from a file. `broken`: the file to import has a problem. */
  readonly rules?: 'managed' | 'broken'
}

const roles: readonly string[] = ['viewer', 'operator', 'admin']
const isRole = (word: string): word is Role => roles.includes(word)

/** Session, backend link and queued actions of the simulated console. */
export function sessionReplies(
  options: PreviewSessionOptions,
  known: { readonly alerts: readonly Alert[]; readonly rules: readonly Rule[] },
): Replies {
  let session = sessionOf(options)
  let actions = actionsOf(options.actions, known)
  return {
    'session.get': () => okReply(session),
    'session.signInInfo': () => okReply({ demo: { username: 'admin', password: 'admin123' } }),
    'session.signIn': async ({ username, password }) => {
      await new Promise((resolve) => setTimeout(resolve, 400))
      if (options.backend === 'unreachable')
        return failureReply('unavailable', 'The backend does not answer. Try again in a moment.')
      if (password === 'wrong') return failureReply('signed-out', 'Wrong username or password.')
      session = { kind: 'signed-in', ...backendOf(options), user: { username, role: 'admin' } }
      return okReply(session)
    },
    'backend.check': async () => {
      await new Promise((resolve) => setTimeout(resolve, 200))
      if (options.session === 'standalone') return failureReply('unavailable', 'This connection has no backend.')
      return options.backend === 'ok'
        ? okReply({ reachable: true, ms: 12 })
        : okReply({ reachable: false, ms: 200, detail: 'Nothing is listening at its address.' })
    },
    'session.signOut': () => {
      session = { kind: 'signed-out', ...backendOf(options), reason: 'signed-out' }
      return okReply(session)
    },
    'session.changePassword': ({ new_password }) =>
      new_password.length < 12
        ? failureReply('bad-request', 'The password needs at least 12 characters.')
        : okReply({}),
    'actions.list': () => okReply(actionQueueOf(actions)),
    'actions.dismiss': ({ id }) => {
      actions = actions.filter((action) => action.id !== id)
      return okReply({})
    },
  }
}

export function userReplies(options: PreviewSessionOptions): Replies {
  let accounts = previewAccounts(Date.now())
  return {
    'users.list': () =>
      options.backend === 'unreachable'
        ? failureReply('unavailable', 'The backend does not answer.')
        : okReply(accounts),
    'audit.list': () => okReply({ entries: previewAudit(Date.now(), stockRules(0)) }),
    'users.create': ({ username, email, role }) => {
      if (accounts.some((account) => account.username === username))
        return failureReply('conflict', `A user named ${username} already exists.`)
      const made = anAccount({ id: accounts.length + 1, username, email, role, last_sign_in: null })
      accounts = [...accounts, made]
      return okReply(made)
    },
    'users.update': ({ id, change: { role, disabled } }) => {
      const changed = {
        ...(accounts.find((account) => account.id === id) ?? anAccount()),
        ...(role && { role }),
        ...(disabled !== undefined && { disabled }),
      }
      accounts = accounts.map((account) => (account.id === id ? changed : account))
      return okReply(changed)
    },
  }
}

function backendOf({ backend }: PreviewSessionOptions) {
  const now = Date.now()
  const link =
    backend === 'ok'
      ? { reachable: true, since: now - 3_600_000 }
      : { reachable: false, since: now - 192_000, detail: 'Nothing is listening at its address.' }
  return { backendUrl: 'http://remo.example.net:8000', link }
}

function sessionOf(options: PreviewSessionOptions): OperatorSession {
  if (options.session === 'standalone') return { kind: 'standalone' }
  if (!isRole(options.session)) return { kind: 'signed-out', ...backendOf(options), reason: options.session }
  const user = { username: 'anna', role: options.session }
  const notKept = 'No working keychain found, so you stay signed in only until ReMo quits.'
  return { kind: 'signed-in', ...backendOf(options), user, ...(options.session === 'operator' && { notKept }) }
}

function actionsOf(
  kind: PreviewSessionOptions['actions'],
  { alerts, rules }: { readonly alerts: readonly Alert[]; readonly rules: readonly Rule[] },
): OperatorAction[] {
  const at = Date.now() - 95_000
  const [rule, other] = rules
  const alert = alerts.find(({ acknowledgement }) => acknowledgement)
  if (kind === 'none' || !rule || !other) return []
  const { id: ruleId, version, deleted: _d, effectiveFrom: _e, updatedBy: _b, updatedAt: _a, ...draft } = rule
  const queued = { at, user: 'anna', state: 'waiting' as const }
  const change: OperatorAction['change'] = { kind: 'save-rule', ruleId, version, draft: { ...draft, warning: 80 } }
  if (kind === 'conflict') {
    return [
      {
        ...queued,
        id: anId(901),
        state: 'conflict',
        problem: 'ben changed this threshold after you opened it. Review it and save again.',
        change,
      },
      {
        ...queued,
        id: anId(902),
        state: 'refused',
        problem: 'Your role (operator) cannot delete thresholds.',
        change: { kind: 'remove-rule', ruleId: other.id, version: other.version },
      },
    ]
  }
  const ack = alert?.acknowledgement
  return [
    ...(alert && ack
      ? [
          {
            ...queued,
            id: anId(903),
            change: { kind: 'acknowledge' as const, alertId: alert.id, acknowledgement: ack },
          },
        ]
      : []),
    { ...queued, id: anId(904), change },
    { ...queued, id: anId(905), change: { kind: 'remove-rule', ruleId: other.id, version: other.version } },
    {
      ...queued,
      id: anId(906),
      change: { kind: 'save-rule', draft: { ...draft, scope: { kind: 'node', nodeId: 'node-3' }, warning: 70 } },
    },
  ]
}

function previewAccounts(now: number): Account[] {
  const ago = (minutes: number): string => new Date(now - minutes * 60_000).toISOString()
  return [
    anAccount({ last_sign_in: ago(62) }),
    anAccount({ id: 2, username: 'ben', email: 'ben@example.net', role: 'operator', last_sign_in: ago(400) }),
    anAccount({ id: 3, username: 'carla', email: 'carla@example.net', role: 'viewer', last_sign_in: null }),
    anAccount({
      id: 4,
      username: 'dmitri',
      email: 'dmitri.karamazov@night-shift.example.net',
      role: 'operator',
      disabled: true,
      last_sign_in: ago(90_000),
    }),
  ]
}

/** Three changes of the last hours. */
function previewAudit(now: number, [rule]: readonly Rule[]): AuditEntry[] {
  const at = (hours: number): string => new Date(now - hours * 3_600_000).toISOString()
  const warning = { ...rule, warning: 90 }
  const origin = { file: 'rules/production.yaml', revision: '4f2c9e1' }
  return [
    {
      id: '3',
      at: at(2),
      actor: 'ci-deploy',
      action: 'rules.managed',
      subject: origin.file,
      before: null,
      after: origin,
    },
    {
      id: '2',
      at: at(3),
      actor: 'anna',
      action: 'rule.changed',
      subject: rule?.id ?? '',
      before: warning,
      after: rule,
    },
    {
      id: '1',
      at: at(30),
      actor: 'anna',
      action: 'user.changed',
      subject: 'ben',
      before: { role: 'viewer' },
      after: { role: 'operator' },
    },
  ]
}
