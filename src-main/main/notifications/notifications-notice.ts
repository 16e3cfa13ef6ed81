import type { AppHealth } from '../app/app-health.ts'
import type { Notice } from '../app/current-health.ts'
import type { CodeSignature } from './code-signature.ts'

export interface NotificationFacts {
  /** Whether the system showed the last popup; `undefined`: there was none yet. */
  readonly works: boolean | undefined
  /** `undefined`: not known yet. */
  readonly signature: CodeSignature | undefined
}

const id = 'notifications'
const elsewhere = 'ReMo shows alerts only in this window and in the tray.'

/** What the operator must know about notifications; `undefined`: nothing. A popup that was shown proves that they work. */
export function notificationsNotice({ works, signature }: NotificationFacts): Notice | undefined {
  if (works === true) return undefined
  if (signature === 'none' || signature === 'ad-hoc') {
    const text = `macOS shows no notifications of this ReMo, because it is not signed with a certificate. ${elsewhere} Install one that is signed.`
    return { id, severity: 'warning', text }
  }
  if (works === undefined) return undefined
  return { id, severity: 'warning', text: `Desktop notifications do not work on this system. ${elsewhere}` }
}

/** Keeps the notice as these facts say. */
export class NotificationsNotice {
  readonly #health: Pick<AppHealth, 'addNotice' | 'clearNotice'>
  #facts: NotificationFacts = { works: undefined, signature: undefined }

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
