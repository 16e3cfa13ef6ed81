import { createHash } from 'node:crypto'
import { constants, createReadStream } from 'node:fs'
import { access, chmod, copyFile, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { UpdateFailure } from './update-failure.ts'

/** Whether this user may replace the file. */
export async function canReplace(appImage: string): Promise<boolean> {
  try {
    await access(appImage, constants.W_OK)
    await access(dirname(appImage), constants.W_OK)
    return true
  } catch {
    return false
  }
}

/**
 * Puts another AppImage at the place of the running one, which keeps its old file until it ends. The file keeps its
 * name: entries of the desktop and of the login refer to it. A failure at any step leaves the old one.
 * @param sha512 of the new file, base64
 * @throws UpdateFailure
 */
export async function replaceAppImage(appImage: string, file: string, sha512: string): Promise<void> {
  const next = `${appImage}.new`
  try {
    await copyFile(file, next)
    if ((await sha512Of(next)) !== sha512) {
      throw new UpdateFailure(
        'The downloaded file has changed since it was checked. Nothing was installed. Check again.',
      )
    }
    await chmod(next, 0o755)
    const handle = await open(next, 'r+')
    await handle.sync()
    await handle.close()
    await rename(next, appImage)
  } catch (cause) {
    await rm(next, { force: true })
    if (cause instanceof UpdateFailure) throw cause
    throw new UpdateFailure(`ReMo cannot replace ${appImage} (${(cause as Error).message}). The old one stays.`, {
      cause,
    })
  }
}

async function sha512Of(path: string): Promise<string> {
  const hash = createHash('sha512')
  await pipeline(createReadStream(path), hash)
  return hash.digest('base64')
}
