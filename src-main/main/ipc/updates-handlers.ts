import type { IpcHandlers } from '#shared/ipc/contract.ts'
import type { Updates } from '../updates/updates.ts'
import type { VersionHistory } from '../updates/whats-new.ts'

export interface UpdatesCallDeps {
  readonly updates: Pick<Updates, 'view' | 'check' | 'download' | 'cancel' | 'install' | 'restart' | 'setOnQuit'>
  readonly versions: Pick<VersionHistory, 'whatsNew' | 'see'>
}

type UpdatesCalls = Pick<
  IpcHandlers,
  | 'updates.get'
  | 'updates.check'
  | 'updates.download'
  | 'updates.cancel'
  | 'updates.install'
  | 'updates.restart'
  | 'updates.setOnQuit'
  | 'updates.whatsNew'
  | 'updates.seeWhatsNew'
>

/** Calls about updates of this ReMo. */
export function updatesHandlers({ updates, versions }: UpdatesCallDeps): UpdatesCalls {
  return {
    'updates.get': () => Promise.resolve(updates.view),
    'updates.check': () => updates.check(),
    'updates.download': async () => Promise.resolve(updates.download()),
    'updates.cancel': () => updates.cancel(),
    'updates.install': () => updates.install(),
    'updates.restart': async () => Promise.resolve(updates.restart()),
    'updates.setOnQuit': async ({ onQuit }) => Promise.resolve(updates.setOnQuit(onQuit)),
    'updates.whatsNew': () => Promise.resolve(versions.whatsNew),
    'updates.seeWhatsNew': () => {
      versions.see()
      return Promise.resolve(versions.whatsNew)
    },
  }
}
