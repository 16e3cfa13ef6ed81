import { join } from 'node:path'
import { app, dialog } from 'electron'
import type { FileFilter } from 'electron'
import type { PemRequest } from '#shared/ipc/connection-views.ts'
import type { MainWindow } from './main-window.ts'

const invitationFiles: FileFilter = { name: 'ReMo invitation', extensions: ['remo'] }
const anyFile: FileFilter = { name: 'All files', extensions: ['*'] }
const pemTitles: Readonly<Record<PemRequest['kind'], string>> = {
  ca: 'CA Certificate',
  cert: 'Client Certificate',
  key: 'Key of the Client Certificate',
}

/** Native dialogs of the connection form. `undefined`: the operator canceled. */
export function connectionDialogs(window: Pick<MainWindow, 'native'>): {
  readonly choosePem: (kind: PemRequest['kind']) => Promise<string | undefined>
  readonly chooseInvitation: () => Promise<string | undefined>
  readonly saveInvitation: (name: string) => Promise<string | undefined>
} {
  const open = async (title: string, filters: FileFilter[]): Promise<string | undefined> => {
    const options = { title, filters: [...filters, anyFile], properties: ['openFile' as const] }
    const { native } = window
    const { filePaths } = await (native ? dialog.showOpenDialog(native, options) : dialog.showOpenDialog(options))
    return filePaths[0]
  }
  return {
    choosePem: (kind) => open(pemTitles[kind], [{ name: 'PEM', extensions: ['pem', 'crt', 'cer', 'key'] }]),
    chooseInvitation: () => open('Open Invitation', [invitationFiles]),
    saveInvitation: async (name) => {
      const options = {
        title: 'Save Invitation',
        defaultPath: join(app.getPath('documents'), name),
        filters: [invitationFiles],
      }
      const { native } = window
      const { filePath } = await (native ? dialog.showSaveDialog(native, options) : dialog.showSaveDialog(options))
      return filePath === '' ? undefined : filePath
    },
  }
}
