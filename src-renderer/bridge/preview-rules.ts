import { anId } from '#shared/rule/builders.ts'
import type { Rule } from '#shared/rule/rule.ts'
import { stockRules } from '#shared/rule/stock.ts'
import { answer, refusal, type FakeBridge } from './fake.ts'
import type { PreviewSessionOf } from './preview-session.ts'

/** Thresholds that can be edited: queued while the backend is away; Ben is faster where there are conflicts. */
export class PreviewRules {
  all: readonly Rule[]
  readonly #of: PreviewSessionOf

  constructor(of: PreviewSessionOf, at: number) {
    this.#of = of
    this.all = previewRules(at)
  }

  answers(onchange: (rules: Rule[]) => void): FakeBridge['answers'] {
    return {
      'rules.list': () => answer([...this.all]),
      'rules.save': ({ id, version = 0, draft }) => {
        const now = Date.now()
        if (this.#of.backend === 'away') {
          const does = { kind: 'save-rule' as const, ...(id && { ruleId: id, version }), draft }
          const action = { id: crypto.randomUUID(), at: now, user: 'anna', state: 'waiting' as const, does }
          return answer({ kind: 'queued', action })
        }
        const before = this.all.find((rule) => rule.id === id)
        if (this.#of.actions === 'conflict' && before && before.updatedBy !== 'ben') {
          const bens = { warning: 88, forSeconds: 300, updatedBy: 'ben', updatedAt: now }
          onchange([this.#put({ ...before, version: version + 1, ...bens })])
          return refusal('conflict', 'ben changed this threshold after you opened it. Review it and save again.')
        }
        const who = { effectiveFrom: now, updatedBy: 'anna', updatedAt: now }
        const rule = this.#put({ ...draft, id: id ?? anId(now), version: version + 1, deleted: false, ...who })
        return answer({ kind: 'saved', rule })
      },
      'rules.remove': () => answer({ kind: 'saved' }),
    }
  }

  #put(rule: Rule): Rule {
    this.all = [...this.all.filter(({ id }) => id !== rule.id), rule]
    return rule
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
  ]
}
