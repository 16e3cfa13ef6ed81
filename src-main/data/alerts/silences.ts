import type { Alert } from '#shared/alert/alert.ts'
import { silenceIndex } from '#shared/silence/silence-index.ts'
import { matchesOwnOnly } from '#shared/silence/matchers.ts'
import { silencedNow } from '#shared/silence/silenced-now.ts'
import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { endOf } from '#shared/silence/schedule.ts'
import type { Silence, SilenceDraft } from '#shared/silence/silence.ts'
import { type SilenceChange, silenceIdOf } from '#shared/team/operator-action.ts'
import type { ConsoleStore } from '../../store/console-store.ts'
import type { SilenceWrite } from '../../store/groups/silence-store.ts'
import type { SilenceAction } from '../../store/tables/operator-action-table.ts'
import type { StoredSilence } from '../../store/tables/silence-table.ts'
import { CallError } from '../../threads/call-error.ts'
import type { DataCalls } from '../../threads/data-calls.ts'

/** How long a silence that ended stays in the list. */
const listedAfterEndMs = 14 * 86_400_000

const otherReach =
  'A silence of alerts about this console is not shared with the team, and others are. Make a new one instead.'

export interface SilencesDeps {
  readonly store: Pick<ConsoleStore, 'silences' | 'team'>
  /** Changes are queued for a backend, whose records count. */
  readonly hasBackend: boolean
  /** Epoch ms. */
  readonly now: () => number
}

/**
 * The silences in effect here: the newest records, with what was changed here since. Records are staged until `commit`;
 * `rollback` discards them.
 *
 * | change made here          | counts                                                                  |
 * |---------------------------|-------------------------------------------------------------------------|
 * | waits for the backend     | on top of any record                                                    |
 * | accepted, as version n    | until the record of version n or a later one is read                    |
 * | refused, or a conflict    | no more: the record counts alone                                        |
 *
 * A silence of alerts of this console about itself is of this console: it is not sent, and outlives another team.
 */
export class Silences {
  readonly #deps: SilencesDeps
  readonly #records: Map<string, StoredSilence>
  readonly #staged = new Map<string, Silence>()
  readonly #deleted = new Set<string>()
  #isCleared = false
  #inEffect: readonly Silence[]
  #matching: { readonly of: readonly Silence[]; readonly ask: ReturnType<typeof silencedNow> } | undefined

  constructor(deps: SilencesDeps, isOtherTeam = false) {
    this.#deps = deps
    const ofTeam = isOtherTeam || !deps.hasBackend ? [] : deps.store.silences.all(true)
    const local = deps.store.silences.all(false).filter(({ silence }) => !deps.hasBackend || isOwn(silence))
    this.#records = new Map([...ofTeam, ...local].map((one) => [one.silence.id, one]))
    this.#inEffect = this.#withChanges()
  }

  /** Each silence once, also those that ended. */
  get inEffect(): readonly Silence[] {
    return this.#inEffect
  }

  /** Whether one of them matches the alert at `now` (epoch ms). */
  isSilenced(alert: Alert, now: number): boolean {
    if (this.#matching?.of !== this.#inEffect) {
      this.#matching = { of: this.#inEffect, ask: silencedNow(silenceIndex(this.#inEffect)) }
    }
    return this.#matching.ask(alert, now)
  }

  /** Active, scheduled and weekly ones, and those that ended in the last 14 days. Newest first. */
  list(): Silence[] {
    const oldest = this.#deps.now() - listedAfterEndMs
    const listed = this.#inEffect.filter((silence) => !hasEnded(silence, oldest))
    return listed.toSorted((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1))
  }

  /** Creates or changes one, for at once; with a backend, also queued. Throws `CallError`. */
  save({ id, version, draft, by, at }: Parameters<DataCalls['silences.save']>[0]): Silence {
    const silence = id === undefined ? newSilence(draft, by, at) : this.#edited(id, { version, draft, by, at })
    this.#store(silence, { user: by, at, change: { kind: 'save-silence', silence } })
    return silence
  }

  /** Ends one now. Throws `CallError`. */
  expire({ id, by, at }: Parameters<DataCalls['silences.expire']>[0]): Silence {
    const before = this.#find(id)
    if (hasEnded(before, at)) throw new CallError('conflict', 'This silence has already ended.')
    const silence = expired(before, by, at)
    this.#store(silence, { user: by, at, change: { kind: 'expire-silence', silenceId: id } })
    return silence
  }

  /** The version of the record that counts; 0 without one. */
  versionOf(id: string): number {
    if (this.#deleted.has(id)) return 0
    return this.#staged.get(id)?.version ?? this.#records.get(id)?.version ?? 0
  }

  /** Stages a record of the backend, unless a newer one is known. */
  stage(silence: Silence): void {
    if (silence.version <= this.versionOf(silence.id)) return
    this.#deleted.delete(silence.id)
    this.#staged.set(silence.id, silence)
  }

  /** The backend deleted it. */
  stageDelete(id: string): void {
    this.#staged.delete(id)
    this.#deleted.add(id)
  }

  /** Another team or another database: its silences do not count any more. */
  stageClear(): void {
    this.#isCleared = true
  }

  /** For the transaction that stores them. */
  staged(): SilenceWrite {
    return { records: [...this.#staged.values()], deleted: [...this.#deleted] }
  }

  /** @returns whether what is in effect changed */
  commit(): boolean {
    if (!this.#isCleared && this.#staged.size + this.#deleted.size === 0) return false
    if (this.#isCleared) this.#clearTeam()
    for (const id of this.#deleted) this.#records.delete(id)
    for (const silence of this.#staged.values()) this.#records.set(silence.id, { silence, version: silence.version })
    this.rollback()
    return this.refresh()
  }

  rollback(): void {
    this.#staged.clear()
    this.#deleted.clear()
    this.#isCleared = false
  }

  /** Another log of the same database: its records count, whatever their versions. */
  forgetVersions(): void {
    for (const [id, { silence }] of this.#records) {
      if (!isOwn(silence)) this.#records.set(id, { silence, version: 0 })
    }
  }

  /** The queue of actions changed. @returns whether what is in effect changed */
  refresh(): boolean {
    const before = this.#inEffect
    const after = this.#withChanges()
    if (isDeepStrictEqual(before, after)) return false
    this.#inEffect = after
    return true
  }

  #edited(id: string, edit: { version: number | undefined; draft: SilenceDraft; by: string; at: number }): Silence {
    const before = this.#find(id)
    const { version = before.version, draft, by, at } = edit
    if (hasEnded(before, at)) throw new CallError('conflict', 'This silence has ended. Make a new one.')
    if (version !== before.version) {
      const who = before.updatedBy
      throw new CallError('conflict', `${who} changed this silence after you opened it. Review it and save again.`)
    }
    if (this.#deps.hasBackend && isOwn(before) !== isOwn(draft)) throw new CallError('bad-request', otherReach)
    return { ...before, ...draft, version: version + 1, updatedBy: by, updatedAt: at }
  }

  #find(id: string): Silence {
    const silence = this.#inEffect.find((one) => one.id === id)
    if (!silence) throw new CallError('not-found', 'This silence no longer exists.')
    return silence
  }

  #store(silence: Silence, action: { user: string; at: number; change: SilenceChange }): void {
    const { store, hasBackend } = this.#deps
    if (hasBackend && !isOwn(silence)) {
      store.team.addAction({ id: randomUUID(), ...action, state: 'waiting' })
    } else {
      store.silences.save(silence)
      this.#records.set(silence.id, { silence, version: silence.version })
    }
    this.refresh()
  }

  #clearTeam(): void {
    for (const [id, { silence }] of this.#records) if (!isOwn(silence)) this.#records.delete(id)
  }

  #withChanges(): readonly Silence[] {
    const byId = new Map([...this.#records.values()].map(({ silence }) => [silence.id, silence]))
    const changes = this.#deps.hasBackend ? this.#deps.store.team.silenceActions() : []
    for (const one of changes) {
      const { state, change, version = Infinity } = one
      if (state === 'waiting' && version > this.versionOf(silenceIdOf(change))) apply(one, byId)
    }
    return [...byId.values()]
  }
}

/** Of alerts that only this console has. */
function isOwn({ matchers }: Pick<Silence, 'matchers'>): boolean {
  return matchesOwnOnly(matchers)
}

function hasEnded(silence: Silence, now: number): boolean {
  return (endOf(silence) ?? Infinity) <= now
}

function newSilence(draft: SilenceDraft, by: string, at: number): Silence {
  return { ...draft, id: randomUUID(), version: 1, createdBy: by, createdAt: at, updatedBy: by, updatedAt: at }
}

function expired(silence: Silence, by: string, at: number): Silence {
  return { ...silence, version: silence.version + 1, updatedBy: by, updatedAt: at, expiredAt: at }
}

function apply({ change, user, at }: SilenceAction, byId: Map<string, Silence>): void {
  if (change.kind === 'save-silence') byId.set(change.silence.id, change.silence)
  if (change.kind !== 'expire-silence') return
  const before = byId.get(change.silenceId)
  if (before && !hasEnded(before, at)) byId.set(before.id, expired(before, user, at))
}
