import { app, session, WebContentsView } from 'electron'
import type { Session } from 'electron'
import { PlayerReport } from '#shared/ipc/player-messages.ts'
import { hardenSession, pageOptions } from '../windows/page-security.ts'
import { playerOrigin, type SoundFiles } from './sound-files.ts'
import type { PageListeners, PlayerPage } from './sound-player.ts'

/** In memory, apart from that of the window: neither page reaches files of the other. */
const partition = 'sounds'

/** The session of the player: its page, its sounds, and nothing else. @returns stops serving */
export function servePlayer(files: SoundFiles): () => void {
  const own = session.fromPartition(partition)
  hardenSession(own, false)
  own.protocol.handle('app', (request) => files.respond(request))
  return () => own.protocol.unhandle('app')
}

/** Opens the hidden page. It has no window, so that no list of windows shows it. */
export function openPlayerPage(preload: string, { onReport, onGone }: PageListeners): PlayerPage {
  const own: Session = session.fromPartition(partition)
  const view = new WebContentsView({
    webPreferences: {
      ...pageOptions(preload),
      session: own,
      autoplayPolicy: 'no-user-gesture-required',
      backgroundThrottling: false,
    },
  })
  const contents = view.webContents
  let isOver = false
  const gone = (reason: string): void => {
    if (isOver) return
    isOver = true
    onGone(reason)
  }
  contents.ipc.on('player', (_event, raw: unknown) => {
    const report = PlayerReport.safeParse(raw)
    if (!isOver && report.success) onReport(report.data)
  })
  contents.on('render-process-gone', (_event, { reason, exitCode }) => gone(`${reason} ${exitCode}`))
  contents.on('destroyed', () => gone('destroyed'))
  const fail = (cause: unknown): void => gone(String(cause))
  const loaded = contents.loadURL(`${playerOrigin}/player.html`)
  loaded.catch(fail)
  return {
    send: (request) => void loaded.then(() => isOver || view.webContents.send('player', request)).catch(fail),
    close: () => {
      isOver = true
      // Without a reference to the view, it is garbage-collected with its page.
      if (!contents.isDestroyed()) view.webContents.close()
      endAudioProcess()
    },
  }
}

/**
 * Chromium keeps its audio process, and with it the first answer to "which sound system?": one that started before
 * PulseAudio plays into nothing forever. Elsewhere the system has one sound system, and the process may stay.
 */
function endAudioProcess(): void {
  if (process.platform !== 'linux') return
  const audio = app.getAppMetrics().find(({ serviceName }) => serviceName === 'audio.mojom.AudioService')
  if (!audio) return
  try {
    process.kill(audio.pid)
  } catch {
    // It has ended by itself.
  }
}
