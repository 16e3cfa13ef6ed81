import type { SettingValues } from '#shared/settings/app-settings.ts'

export interface ClosingFacts {
  readonly close: SettingValues['startup.close']
  /** The tray icon is on, and the desktop shows it. */
  readonly hasTrayIcon: boolean
}

/** `ask`: the operator chooses. `canHide`: one of the answers is to keep running in the tray. */
export type CloseChoice = { readonly kind: 'hide' | 'quit' } | { readonly kind: 'ask'; readonly canHide: boolean }

/** What the close button does. Without a tray icon nothing could bring a hidden window back, so it is never hidden. */
export function closeChoice({ close, hasTrayIcon }: ClosingFacts): CloseChoice {
  if (close === 'ask') return { kind: 'ask', canHide: hasTrayIcon }
  return { kind: close === 'tray' && hasTrayIcon ? 'hide' : 'quit' }
}

/** An answer to the question; `undefined`: the operator canceled. */
export interface CloseAnswer {
  readonly choice: 'hide' | 'quit' | undefined
  /** It becomes the setting. */
  readonly remember: boolean
}

/** Words of the question, and what each button means. */
export function closeQuestion(canHide: boolean): {
  readonly message: string
  readonly detail: string
  readonly buttons: readonly string[]
  readonly answers: ReadonlyArray<CloseAnswer['choice']>
} {
  if (!canHide) {
    return {
      message: 'Quit ReMo?',
      detail: 'Without ReMo running, you get no notifications. There is no tray icon to keep it running behind.',
      buttons: ['Quit', 'Cancel'],
      answers: ['quit', undefined],
    }
  }
  return {
    message: 'Keep ReMo running in the tray?',
    detail: 'In the tray, it still notifies you. You can change this in Settings > Startup.',
    buttons: ['Keep Running', 'Quit', 'Cancel'],
    answers: ['hide', 'quit', undefined],
  }
}
