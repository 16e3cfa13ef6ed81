import type { AppHealth } from '../app/app-health.ts'
import type { Notice } from '../app/current-health.ts'
import type { CodeSignature } from './code-signature.ts'

export interface NotificationFacts {
  /** Why the system shows no popups, as sentences; `undefined`: nothing is known against it. */
  readonly problem: string | undefined
  /** The last popup was shown. */
  readonly hasShown: boolean
  /** `undefined`: not known yet. */
  readonly signature: CodeSignature | undefined
}

const id = 'notifications'
const elsewhere = 'ReMo shows alerts only in this window and in the tray.'

/** What the operator must know about notifications; `undefined`: nothing. A popup that was shown proves that they work. */
export function notificationsNotice({ problem, hasShown, signature }: NotificationFacts): Notice | undefined {
  if (hasShown) return undefined
  if (signature === 'none' || signature === 'ad-hoc') {
    const text = `macOS shows no notifications of this ReMo, because it is not signed with a certificate. ${elsewhere} Install one that is signed.`
    return { id, severity: 'warning', text }
  }
  if (problem === undefined) return undefined
  return { id, severity: 'warning', text: `Desktop notifications do not work. ${problem} ${elsewhere}` }
}

/** Keeps the notice as these facts say. */
export class NotificationsNotice {
  readonly #health: Pick<AppHealth, 'addNotice' | 'clearNotice'>
  #facts: NotificationFacts = { problem: undefined, hasShown: false, signature: undefined }

  constructor(health: Pick<AppHealth, 'addNotice' | 'clearNotice'>) {
    this.#health = health
  }

  learn(facts: Partial<NotificationFacts>): void {
    this.#facts = { ...this.#facts, ...facts }
    const notice = notificationsNotice(this.#facts)
    if (notice) this.#health.addNotice(notice)
    else this.#health.clearNotice(id)
  }
}
