import { dialog } from 'electron'
import type { Log } from '#shared/log.ts'
import type { Shutdown } from '../app/shutdown.ts'
import type { DesktopNotifier } from '../notifications/desktop-notifier.ts'
import type { SettingsService } from '../settings/settings-service.ts'
import type { TrayPresence } from '../tray/tray-presence.ts'
import { closeChoice, closeQuestion } from './close-choice.ts'
import type { CloseAnswer } from './close-choice.ts'
import type { MainWindow } from './main-window.ts'
import type { WindowStateFile } from './window-state-file.ts'

export interface ClosingDeps {
  readonly settings: SettingsService
  readonly trayPresence: Pick<TrayPresence, 'check'>
  readonly window: Pick<MainWindow, 'hide' | 'native'>
  readonly stateFile: WindowStateFile
  readonly notifier: Pick<DesktopNotifier, 'show'>
  /** Do not disturb holds the hint back, until the window is closed again after its end. */
  readonly isHeldBack: () => boolean
  readonly open: () => void
  readonly end: Shutdown
  readonly log: Log
}

/** What the close button of the window does: hide it into the tray, quit, or ask. */
export class WindowClosing {
  readonly #deps: ClosingDeps
  #asking = false

  constructor(deps: ClosingDeps) {
    this.#deps = deps
  }

  async close(): Promise<void> {
    if (this.#asking) return
    const { settings, trayPresence } = this.#deps
    const hasTrayIcon = await trayPresence.check()
    const choice = closeChoice({ close: settings.values['startup.close'], hasTrayIcon })
    await this.#do(choice.kind === 'ask' ? await this.#ask(choice.canHide) : choice.kind)
  }

  async #do(choice: CloseAnswer['choice']): Promise<void> {
    if (choice === undefined) return
    if (choice === 'quit') return this.#deps.end.run(0)
    this.#deps.window.hide()
    await this.#giveHint()
  }

  async #ask(canHide: boolean): Promise<CloseAnswer['choice']> {
    const { window, settings } = this.#deps
    const { answers, buttons, ...words } = closeQuestion(canHide)
    const fixed = !['file', 'default'].includes(settings.sources['startup.close'].kind)
    const options = {
      type: 'question' as const,
      title: 'Close ReMo',
      ...words,
      buttons: [...buttons],
      defaultId: 0,
      cancelId: buttons.length - 1,
      noLink: true,
      ...(fixed ? {} : { checkboxLabel: 'Remember my answer', checkboxChecked: true }),
    }
    this.#asking = true
    try {
      const { native } = window
      const { response, checkboxChecked } = await (native
        ? dialog.showMessageBox(native, options)
        : dialog.showMessageBox(options))
      const choice = answers[response]
      if (choice !== undefined && checkboxChecked && !fixed) this.#remember(choice)
      return choice
    } finally {
      this.#asking = false
    }
  }

  #remember(choice: 'hide' | 'quit'): void {
    try {
      this.#deps.settings.set('startup.close', choice === 'hide' ? 'tray' : 'quit')
    } catch (cause) {
      // It asks again next time.
      this.#deps.log.warn('answer not stored', { cause })
    }
  }

  /** The first time, so that nobody believes that ReMo has ended. */
  async #giveHint(): Promise<void> {
    const { stateFile, notifier, isHeldBack, open } = this.#deps
    if (stateFile.value.trayHintGiven || isHeldBack()) return
    stateFile.update({ trayHintGiven: true })
    const body = 'You still get alerts. Use the tray icon to open or quit ReMo.'
    await notifier.show({
      tag: 'tray-hint',
      title: 'ReMo is still running in the tray',
      body,
      withoutDetails: 'same',
      urgency: 'low',
      onClick: open,
    })
  }
}
