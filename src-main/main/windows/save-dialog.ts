import { dirname, join } from 'node:path'
import { app, dialog } from 'electron'
import type { MainWindow } from './main-window.ts'
import type { WindowStateFile } from './window-state-file.ts'

/** The native save dialog, in the folder of the last export. `undefined`: the operator canceled. */
export async function chooseCsvPath(
  window: MainWindow,
  stateFile: WindowStateFile,
  name: string,
): Promise<string | undefined> {
  const options = {
    title: 'Export CSV',
    defaultPath: join(stateFile.value.exportFolder ?? app.getPath('documents'), name),
    filters: [{ name: 'CSV', extensions: ['csv'] }],
    properties: ['createDirectory', 'showOverwriteConfirmation'] as Array<
      'createDirectory' | 'showOverwriteConfirmation'
    >,
  }
  const parent = window.native
  const { canceled, filePath } = await (parent
    ? dialog.showSaveDialog(parent, options)
    : dialog.showSaveDialog(options))
  if (canceled || !filePath) return undefined
  stateFile.update({ exportFolder: dirname(filePath) })
  return filePath
}
