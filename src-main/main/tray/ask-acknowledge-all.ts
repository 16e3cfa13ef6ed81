import { dialog } from 'electron'
import type { BrowserWindow } from 'electron'
import type { Alert } from '#shared/alert/alert.ts'
import { acknowledgeAllQuestion } from './acknowledge-all.ts'

export interface AskDeps {
  /** The alerts that wait for somebody now, the worst first. */
  readonly waiting: () => readonly Alert[]
  readonly hidesDetails: () => boolean
  /** The window, if it is visible: the question belongs to it then. */
  readonly parent: () => BrowserWindow | null
  readonly acknowledge: (alertIds: readonly string[]) => void
}

/** @returns asks once, and acknowledges exactly the alerts of which it asked */
export function askAcknowledgeAll({ waiting, hidesDetails, parent, acknowledge }: AskDeps): () => Promise<void> {
  let isAsking = false
  return async () => {
    const alerts = waiting()
    if (isAsking || alerts.length === 0) return
    const { buttons, ...words } = acknowledgeAllQuestion(alerts, hidesDetails())
    const options = {
      type: 'question' as const,
      title: 'Acknowledge alerts',
      ...words,
      buttons: [...buttons],
      defaultId: 0,
      cancelId: 1,
      noLink: true,
    }
    isAsking = true
    try {
      const window = parent()
      const { response } = await (window ? dialog.showMessageBox(window, options) : dialog.showMessageBox(options))
      if (response === 0) acknowledge(alerts.map(({ id }) => id))
    } finally {
      isAsking = false
    }
  }
}
