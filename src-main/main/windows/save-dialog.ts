import { dirname, join } from 'node:path'
import { app, dialog } from 'electron'
import type { FileFilter } from 'electron'
import type { MainWindow } from './main-window.ts'
import type { WindowStateFile } from './window-state-file.ts'

/** The native save dialog, in the folder of the last export. `undefined`: the operator canceled. */
export function chooseCsvPath(
  window: MainWindow,
  stateFile: WindowStateFile,
  name: string,
): Promise<string | undefined> {
  return choosePath(window, stateFile, { title: 'Export CSV', name, filter: { name: 'CSV', extensions: ['csv'] } })
}

/** The same for the diagnostics bundle. */
export function chooseZipPath(
  window: MainWindow,
  stateFile: WindowStateFile,
  name: string,
): Promise<string | undefined> {
  const filter = { name: 'ZIP', extensions: ['zip'] }
  return choosePath(window, stateFile, { title: 'Save diagnostics', name, filter })
}

/** The same for rejected records: the ending of the name decides between CSV and JSON. */
export function chooseRejectedPath(
  window: MainWindow,
  stateFile: WindowStateFile,
  name: string,
): Promise<string | undefined> {
  const [csv, json] = [
    { name: 'CSV', extensions: ['csv'] },
    { name: 'JSON', extensions: ['json'] },
  ]
  return choosePath(window, stateFile, { title: 'Export Rejected Records', name, filter: csv, other: json })
}

/** The same for the mapping of a topic. */
export function chooseMappingPath(
  window: MainWindow,
  stateFile: WindowStateFile,
  name: string,
): Promise<string | undefined> {
  const filter = { name: 'JSON', extensions: ['json'] }
  return choosePath(window, stateFile, { title: 'Save Mapping', name, filter })
}

const yaml: FileFilter = { name: 'YAML', extensions: ['yaml', 'yml'] }

/** The same for thresholds. */
export function chooseYamlPath(
  window: MainWindow,
  stateFile: WindowStateFile,
  name: string,
): Promise<string | undefined> {
  return choosePath(window, stateFile, { title: 'Export Thresholds', name, filter: yaml })
}

/** Asks for a file of thresholds. `undefined`: the operator canceled. */
export function chooseRulesFile(window: Pick<MainWindow, 'native'>): Promise<string | undefined> {
  return chooseFile(window, 'Import Thresholds', yaml)
}

/** Formats that Chromium plays. */
const audio: FileFilter = {
  name: 'Audio',
  extensions: ['wav', 'mp3', 'ogg', 'oga', 'opus', 'flac', 'm4a', 'aac', 'weba', 'webm', 'mp4'],
}

/** Asks for a sound. `undefined`: the operator canceled. */
export function chooseSoundFile(window: Pick<MainWindow, 'native'>): Promise<string | undefined> {
  return chooseFile(window, 'Choose Sound', audio)
}

async function chooseFile(
  { native }: Pick<MainWindow, 'native'>,
  title: string,
  filter: FileFilter,
): Promise<string | undefined> {
  const filters = [filter, { name: 'All files', extensions: ['*'] }]
  const options = { title, filters, properties: ['openFile' as const] }
  const { filePaths } = await (native ? dialog.showOpenDialog(native, options) : dialog.showOpenDialog(options))
  return filePaths[0]
}

interface SavedFile {
  readonly title: string
  readonly name: string
  readonly filter: FileFilter
  readonly other?: FileFilter
}

async function choosePath(
  window: MainWindow,
  stateFile: WindowStateFile,
  { title, name, filter, other }: SavedFile,
): Promise<string | undefined> {
  const options = {
    title,
    defaultPath: join(stateFile.value.exportFolder ?? app.getPath('documents'), name),
    filters: [filter, ...(other ? [other] : [])],
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
