import { randomUUID } from 'node:crypto'
import { access, constants, lstat, open, readlink, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { CallError } from '../threads/call-error.ts'

/** As the kernel of Linux allows for one path. */
const mostLinks = 40

/** Of a file, in UTF-16 units on Windows and bytes elsewhere: as NTFS, APFS and the file systems of Linux allow. */
const longestName = 255

/** What the codes of the operating system mean, as the end of "Cannot write …:". */
const reasons: Readonly<Record<string, string>> = {
  EACCES: 'you have no permission to write there',
  EPERM: 'you have no permission to write there',
  EROFS: 'its file system is read-only',
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'a part of its path is not a folder',
  EISDIR: 'a folder has this name',
  ELOOP: 'its links form a loop',
  ENAMETOOLONG: 'its name is too long',
  ENOSPC: 'the disk is full',
  EDQUOT: 'your disk quota is used up',
  EFBIG: 'the file system does not allow a file of this size',
  EIO: 'the disk reported an error',
}

/**
 * Writes a file as a whole: until it is complete and on the disk, the name keeps what it had. A link stays, and its
 * target gets the content. Whatever happens, no other file is written or removed.
 *
 * @throws CallError `failed`, with one sentence that names the file and the reason
 */
export async function writeExportFile(path: string, blocks: Iterable<string>): Promise<void> {
  try {
    const target = await targetOf(path)
    await replaceFile(target, await modeOf(target), blocks)
  } catch (cause) {
    if (cause instanceof CallError) throw cause
    throw new CallError('failed', sentenceOf(path, cause), { cause })
  }
}

/** Writes beside the target, because a rename works within one file system only. */
async function replaceFile(target: string, mode: number | undefined, blocks: Iterable<string>): Promise<void> {
  const partial = join(dirname(target), `.remo-export-${randomUUID()}.partial`)
  const file = await open(partial, 'wx', mode)
  try {
    try {
      if (mode !== undefined) await file.chmod(mode)
      await file.writeFile(blocks)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(partial, target)
  } catch (cause) {
    // The folder may be gone, too. The first error says what is wrong.
    await rm(partial, { force: true }).catch(() => undefined)
    throw cause
  }
}

/** Where the content goes: links are followed, also those whose target does not exist yet. */
async function targetOf(path: string): Promise<string> {
  let target = path
  for (let links = 0; links < mostLinks; links++) {
    const found = await lstat(target).catch(ignoreMissing)
    if (!found?.isSymbolicLink()) return target
    target = resolve(await realpath(dirname(target)), await readlink(target))
  }
  throw Object.assign(new Error('too many links'), { code: 'ELOOP', syscall: 'readlink' })
}

/** Permissions of the file that is replaced; `undefined` if there is none. */
async function modeOf(target: string): Promise<number | undefined> {
  const found = await stat(target).catch(ignoreMissing)
  if (!found) return undefined
  if (found.isDirectory()) throw Object.assign(new Error('is a folder'), { code: 'EISDIR', syscall: 'open' })
  if (!found.isFile()) throw new CallError('failed', `Cannot write ${target}: it is not a file.`)
  await access(target, constants.W_OK)
  return found.mode & 0o7777
}

function ignoreMissing(cause: NodeJS.ErrnoException): undefined {
  if (cause.code === 'ENOENT') return undefined
  throw cause
}

function sentenceOf(path: string, cause: unknown): string {
  const { code: given, syscall, message } = cause as NodeJS.ErrnoException
  // Windows finds no folder that could have such a name.
  const code = given === 'ENOENT' && basename(path).length > longestName ? 'ENAMETOOLONG' : given
  // An error without a system call comes from where the content is read.
  if (syscall === undefined) return `Cannot export to ${path}: the local cache could not be read (${message}).`
  const reason = code === undefined ? undefined : reasons[code]
  return `Cannot write ${path}: ${reason === undefined ? message : `${reason} (${code})`}; choose another place.`
}
