import { anId } from '#shared/rule/rule-builders.ts'
import type { OpenedRules } from '#shared/ipc/rule-calls.ts'
import type { RuleManagement, RulesApplied } from '#shared/rest/rules.ts'
import { draftOfRule } from '#shared/rule/rule-draft.ts'
import { isOfflineRule, type Rule } from '#shared/rule/rule.ts'
import { rulesDiff, type RulesDiff } from '#shared/rule/rules-file/rules-diff.ts'
import type { PreviewResult } from '#shared/preview/rule-preview.ts'
import { stockRules } from '#shared/rule/stock-rules.ts'
import { okReply, failureReply, type FakeBridge } from '../bridge/fake-bridge.ts'
import type { PreviewSessionOptions } from './preview-session.ts'

/** Editable thresholds. Changes are queued while the backend is unreachable. With `conflict`, Ben saves first. */
export class PreviewRules {
  all: readonly Rule[]
  readonly #options: PreviewSessionOptions

  constructor(options: PreviewSessionOptions, at: number) {
    this.#options = options
    this.all = previewRules(at)
  }

  replies(onchange: (rules: Rule[]) => void): FakeBridge['replies'] {
    return {
      'rules.list': () => okReply([...this.all]),
      'rules.save': ({ id, version = 0, draft }) => {
        const now = Date.now()
        if (this.#options.backend === 'unreachable') {
          const change = { kind: 'save-rule' as const, ...(id && { ruleId: id, version }), draft }
          const action = { id: crypto.randomUUID(), at: now, user: 'anna', state: 'waiting' as const, change }
          return okReply({ kind: 'queued', action })
        }
        const before = this.all.find((rule) => rule.id === id)
        if (this.#options.actions === 'conflict' && before && before.updatedBy !== 'ben') {
          const bens = { warning: 88, forSeconds: 300, updatedBy: 'ben', updatedAt: now }
          onchange([this.#put({ ...before, version: version + 1, ...bens })])
          return failureReply('conflict', 'ben changed this threshold after you opened it. Review it and save again.')
        }
        const who = { effectiveFrom: now, updatedBy: 'anna', updatedAt: now }
        const rule = this.#put({ ...draft, id: id ?? anId(now), version: version + 1, deleted: false, ...who })
        return okReply({ kind: 'saved', rule })
      },
      'rules.remove': () => okReply({ kind: 'saved' }),
      'rules.yaml': () => okReply({ text: '# Rules of ReMo\n' }),
      'rules.export': () => okReply({ saved: true, path: '/home/anna/rules.yaml' }),
      'rules.open': () => okReply(this.#opened()),
      'rules.apply': ({ rules }) => okReply({ revision: 1, management: null, ...mutable(rulesDiff(this.all, rules)) }),
      'rules.management': () => okReply(this.#options.rules === 'managed' ? this.#management() : null),
      'rules.preview': ({ hours }) => okReply({ id: 1, from: Date.now() - hours * 3_600_000, to: Date.now() }),
      'rules.previewStep': () => okReply({ done: 12, total: 12, result: previewResult(Date.now()) }),
    }
  }

  /** With `rules=broken`, a file with problems. */
  #opened(): OpenedRules {
    if (this.#options.rules === 'broken') {
      const message = 'Unknown field critcal. Did you mean critical?'
      return { kind: 'problems', name: 'production.yaml', problems: [{ line: 14, column: 5, message }] }
    }
    const [cpu, ...rest] = this.all.map(draftOfRule)
    const changed = cpu && !isOfflineRule(cpu) ? [{ ...cpu, warning: 80 }] : []
    return { kind: 'rules', name: 'production.yaml', rules: [...changed, ...rest.slice(1)] }
  }

  #management(): RuleManagement {
    return { file: 'rules/production.yaml', revision: '4f2c9e1', by: 'ci-deploy', at: Date.now() - 2 * 3_600_000 }
  }

  #put(rule: Rule): Rule {
    this.all = [...this.all.filter(({ id }) => id !== rule.id), rule]
    return rule
  }
}

function mutable({ added, changed, removed }: RulesDiff): Pick<RulesApplied, 'added' | 'changed' | 'removed'> {
  return { added: [...added], changed: [...changed], removed: [...removed] }
}

/** Three nodes that would have fired, one of them now. */
function previewResult(now: number): PreviewResult {
  const alert = (hoursAgo: number, minutes: number, severity: 'warning' | 'critical') => {
    const from = now - hoursAgo * 3_600_000
    return { from, to: from + minutes * 60_000, severity, value: 91.2 }
  }
  const nodes = [
    ['node-3', [alert(21, 40, 'warning'), alert(18, 70, 'critical'), alert(4, 30, 'warning')]],
    ['node-7', [alert(13, 20, 'warning'), alert(12, 25, 'warning')]],
    ['node-11', [alert(2, 120, 'critical')]],
  ] as const
  return {
    after: { fired: 6, critical: 2, nodes: 3 },
    before: { fired: 4, critical: 1, nodes: 2 },
    nodes: nodes.map(([nodeId, alerts]) => ({ nodeId, nodeName: nodeId, count: alerts.length, alerts: [...alerts] })),
    firesNow: [{ nodeId: 'node-11', value: 91.2, since: now - 300_000 }],
    applies: 12,
  }
}

function previewRules(at: number): Rule[] {
  const own = { deleted: false, effectiveFrom: 0, updatedBy: 'anna', updatedAt: at - 2 * 86_400_000, enabled: true }
  return [
    ...stockRules(at - 2 * 86_400_000),
    {
      ...own,
      id: anId(11),
      version: 2,
      scope: { kind: 'node', nodeId: 'node-4' },
      metric: 'disk_io',
      condition: 'greater',
      warning: 400,
      clear: 300,
      forSeconds: 60,
    },
    {
      ...own,
      id: anId(12),
      version: 1,
      scope: { kind: 'node', nodeId: 'node-1' },
      metric: 'cpu_usage',
      condition: 'greater',
      warning: 80,
      critical: 96,
      forSeconds: 0,
    },
    {
      ...own,
      id: anId(13),
      version: 1,
      scope: { kind: 'pattern', pattern: 'node-1[0-9]' },
      metric: 'cpu_usage',
      condition: 'greater',
      warning: 75,
      critical: 90,
      clear: 60,
      forSeconds: 120,
      holdSeconds: 120,
    },
  ]
}
