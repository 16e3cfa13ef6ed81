import { app, BrowserWindow, nativeTheme, screen } from 'electron'
import type { Rectangle } from 'electron'
import type { IpcPush } from '#shared/ipc/channels.ts'
import type { IpcPushOf } from '#shared/ipc/contract.ts'
import type { Log } from '#shared/log.ts'
import { windowBounds, smallestWindow } from './window-bounds.ts'
import { pageOptions } from './page-security.ts'
import type { WindowStateFile } from './window-state-file.ts'

export interface MainWindowDeps {
  readonly page: string
  readonly preload: string
  readonly icon: Electron.NativeImage
  readonly stateFile: WindowStateFile
  /** Label of the connection in use, for the title; empty without one. */
  readonly label: () => string
  readonly log: Log
  /** The operator closed the window. The listener hides it or quits the app; the window itself stays open. */
  readonly onClose: () => void
  /** The window became visible, or hidden or minimized. */
  readonly onVisible: (isVisible: boolean) => void
}

/** Crashes within this time count together. */
const crashSpanMs = 60_000
const maxCrashes = 3

/** The only window. Closing hides it; it is created again only after its page crashed. */
export class MainWindow {
  readonly #deps: MainWindowDeps
  #window: BrowserWindow | null = null
  /** The page has begun in this window: its scripts may run. */
  #hasPage = false
  #isVisible = false
  /** As the page says it. */
  #title = 'ReMo'
  #ending = false
  #crashes: number[] = []
  /** Electron's `isLoading` is still false for a moment after a load was requested. */
  #isLoaded = false
  /** Pushes for a loading page: it would lose them. */
  #afterLoad: Array<() => void> = []

  constructor(deps: MainWindowDeps) {
    this.#deps = deps
    nativeTheme.on('updated', () => this.#window?.setBackgroundColor(background()))
    screen.on('display-removed', () => this.#restorePlace())
    // Without a listener, Electron quits while a crashed window is replaced.
    app.on('window-all-closed', () => undefined)
  }

  /** Creates the window. Unless `hidden`, it appears after its first paint, so that it does not flash white. */
  open(hidden: boolean): void {
    const { stateFile, page } = this.#deps
    const window = new BrowserWindow({
      ...windowBounds(stateFile.value.bounds, workAreas()),
      minWidth: smallestWindow.width,
      minHeight: smallestWindow.height,
      title: 'ReMo',
      show: false,
      // A page that starts in the tray draws nothing, and knows that it is hidden.
      paintWhenInitiallyHidden: !hidden,
      backgroundColor: background(),
      autoHideMenuBar: true,
      icon: this.#deps.icon,
      webPreferences: pageOptions(this.#deps.preload),
    })
    this.#window = window
    this.#hasPage = false
    this.#isLoaded = false
    if (stateFile.value.maximized && !hidden) window.maximize()
    if (!hidden) window.once('ready-to-show', () => window.show())
    this.#listen(window)
    window.loadURL(page).catch((cause: unknown) => this.#deps.log.error('page did not load', { page, cause }))
  }

  /** Brings the window to the front if it is hidden, minimized or behind others. */
  show(): void {
    const window = this.#window
    if (!window || window.isDestroyed()) return this.open(false)
    if (window.isMinimized()) window.restore()
    window.show()
    window.focus()
  }

  /** Its button in the task bar, or its icon in the dock, asks for attention until it is in front. */
  flash(): void {
    const window = this.#window
    if (window && !window.isDestroyed() && window.isVisible() && !window.isFocused()) window.flashFrame(true)
  }

  hide(): void {
    this.#window?.hide()
  }

  /** Whether the window is on the screen and not minimized. */
  get isVisible(): boolean {
    return this.#isVisible
  }

  /** The title of the page, with the label of the connection. */
  showTitle(): void {
    const window = this.#window
    if (!window || window.isDestroyed()) return
    const title = windowTitle(this.#title, this.#deps.label())
    if (title !== window.getTitle()) window.setTitle(title)
  }

  /** Loads the page anew, at the same place: everything that it shows is of another connection. */
  reload(): void {
    const window = this.#window
    if (!window || window.isDestroyed()) return
    this.#isLoaded = false
    window.webContents.reload()
  }

  /**
   * Sends to the page; dropped if there is none. A page that still loads must get it: it subscribes, asks for the
   * snapshot, and misses nothing in between.
   */
  push<P extends IpcPush>(push: P, payload: IpcPushOf<P>): void {
    const window = this.#window
    if (window && !window.isDestroyed() && this.#hasPage) window.webContents.send(push, payload)
  }

  /** Like `push`, but waits until the page is loaded: the operator requested it. */
  navigate(payload: IpcPushOf<'navigate'>): void {
    const send = (): void => this.push('navigate', payload)
    if (this.#isLoaded) send()
    else this.#afterLoad.push(send)
  }

  /** For dialogs that belong to the window. */
  get native(): BrowserWindow | null {
    return this.#window
  }

  /** Saves bounds and closes the window for good. */
  end(): void {
    this.#ending = true
    this.#saveState()
    this.#window?.destroy()
  }

  #listen(window: BrowserWindow): void {
    const { log } = this.#deps
    const check = (): void => this.#checkVisibility()
    window.on('page-title-updated', (event, title) => {
      event.preventDefault()
      this.#title = title
      this.showTitle()
    })
    window.on('show', check).on('hide', check).on('minimize', check).on('restore', check)
    window.on('focus', () => window.flashFrame(false))
    window.on('resized', () => this.#saveState()).on('moved', () => this.#saveState())
    window.on('maximize', () => this.#saveState()).on('unmaximize', () => this.#saveState())
    window.on('close', (event) => {
      if (this.#ending) return
      event.preventDefault()
      this.#saveState()
      this.#deps.onClose()
    })
    window.webContents.on('did-navigate', () => (this.#hasPage = true))
    window.webContents.on('did-finish-load', () => {
      this.#isLoaded = true
      this.#afterLoad.splice(0).forEach((send) => send())
    })
    window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
      log.error('page crashed', { reason, exitCode })
      this.#recover(window)
    })
    window.on('unresponsive', () => log.warn('page does not respond')).on('responsive', () => log.info('page responds'))
  }

  /** Opens a new page in place of the crashed one. After too many crashes, only the operator's request opens it. */
  #recover(crashed: BrowserWindow): void {
    const now = Date.now()
    const hidden = !crashed.isVisible()
    this.#crashes = [...this.#crashes.filter((at) => now - at < crashSpanMs), now]
    crashed.destroy()
    this.#window = null
    this.#checkVisibility()
    if (this.#ending) return
    if (this.#crashes.length <= maxCrashes) this.open(hidden)
    else this.#deps.log.error('page keeps crashing; reopening it on request only', { crashes: this.#crashes.length })
  }

  #checkVisibility(): void {
    const window = this.#window
    const isVisible = window !== null && !window.isDestroyed() && window.isVisible() && !window.isMinimized()
    if (isVisible === this.#isVisible) return
    this.#isVisible = isVisible
    this.#deps.onVisible(isVisible)
  }

  #saveState(): void {
    const window = this.#window
    if (!window || window.isDestroyed() || window.isMinimized()) return
    this.#deps.stateFile.update({ bounds: rounded(window.getNormalBounds()), maximized: window.isMaximized() })
  }

  /** Moves the window to another display after its display was removed. */
  #restorePlace(): void {
    if (this.#window && !this.#window.isMaximized()) {
      this.#window.setBounds(windowBounds(this.#window.getNormalBounds(), workAreas()))
    }
  }
}

/** `(2) ReMo PROD` for the page's title `(2) ReMo`. */
function windowTitle(title: string, label: string): string {
  return label === '' ? title : `${title} ${label}`
}

function background(): string {
  return nativeTheme.shouldUseDarkColors ? '#0f1215' : '#f4f5f6'
}

/** The primary display first. */
function workAreas(): Rectangle[] {
  const primary = screen.getPrimaryDisplay()
  const others = screen.getAllDisplays().filter(({ id }) => id !== primary.id)
  return [primary, ...others].map(({ workArea }) => workArea)
}

function rounded({ x, y, width, height }: Rectangle): Rectangle {
  return { x: Math.round(x), y: Math.round(y), width: Math.round(width), height: Math.round(height) }
}
