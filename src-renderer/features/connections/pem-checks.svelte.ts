import type { PemFacts } from '#shared/ipc/connection-views.ts'
import type { Bridge } from '../../bridge/bridge.ts'
import { pemSource, usesTls, type ConnectionForm, type FormProblems, type PemKind } from './connection-form.ts'

const kinds = ['ca', 'cert', 'key'] as const

interface Checked {
  /** The request as text: facts of another one are outdated. */
  readonly of: string
  readonly facts: PemFacts
}

/** What the main process says about the certificates and the key of a form: it reads the files. */
export class PemChecks {
  readonly #bridge: Bridge
  #checked = $state.raw<Partial<Record<PemKind, Checked>>>({})

  constructor(bridge: Bridge) {
    this.#bridge = bridge
  }

  /** Facts of what is in the field now. */
  facts(kind: PemKind, form: ConnectionForm): PemFacts | undefined {
    const checked = this.#checked[kind]
    return checked !== undefined && checked.of === JSON.stringify(requestOf(kind, form)) ? checked.facts : undefined
  }

  problems(form: ConnectionForm): FormProblems {
    if (!usesTls(form)) return {}
    const problems: FormProblems = {}
    for (const kind of kinds) {
      const facts = this.facts(kind, form)
      if (facts?.ok === false) problems[kind] = facts.problem
    }
    return problems
  }

  /** Checks what has changed. A check that cannot run says nothing: the test of the connection reads the files too. */
  async check(form: ConnectionForm): Promise<void> {
    if (!usesTls(form)) return
    await Promise.all(kinds.map((kind) => this.#check(kind, form)))
  }

  async #check(kind: PemKind, form: ConnectionForm): Promise<void> {
    const request = requestOf(kind, form)
    if (!request || this.facts(kind, form)) return
    const reply = await this.#bridge['connections.checkPem'](request)
    if (reply.ok) this.#checked = { ...this.#checked, [kind]: { of: JSON.stringify(request), facts: reply.value } }
  }
}

function requestOf(kind: PemKind, form: ConnectionForm) {
  const source = pemSource(form[kind])
  if (!source) return undefined
  const cert = kind === 'key' ? pemSource(form.cert) : undefined
  return cert ? { kind, source, cert } : { kind, source }
}
