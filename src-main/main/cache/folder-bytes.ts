import { readdir, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'

/** Bytes of the files in a folder, without its subfolders; 0 if there is no such folder. */
export async function folderBytes(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => [])
  const sizes = await Promise.all(names.map((name) => fileBytes(join(folder, name))))
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** What a user of this computer may still store there; `undefined` if the system does not say. */
export async function freeBytes(folder: string): Promise<number | undefined> {
  const disk = await statfs(folder).catch(() => undefined)
  return disk && disk.bavail * disk.bsize
}

async function fileBytes(path: string): Promise<number> {
  const file = await stat(path).catch(() => undefined) // rotated away meanwhile
  return file?.isFile() === true ? file.size : 0
}
