import { readFile, stat } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

/** A sound that is longer than a reminder needs memory for nothing. */
export const longestBytes = 10_000_000
/** A folder of the network may not answer at all. The alert must sound all the same. */
const readLimitMs = 2000

/** `problem` follows the name of the file: "does not exist". */
export type OwnSound =
  { readonly ok: true; readonly bytes: Uint8Array<ArrayBuffer> } | { readonly ok: false; readonly problem: string }

/** Reads the operator's own audio file. Never throws. `read`, `limitMs`: of a test, whose folder does not answer. */
export async function readOwnSound(
  path: string,
  { read = readChecked, limitMs = readLimitMs } = {},
): Promise<OwnSound> {
  if (!isAbsolute(path)) return { ok: false, problem: 'has no full path' }
  const late = new AbortController()
  const timeout = delay(limitMs, undefined, { signal: late.signal }).catch(() => undefined)
  const first = await Promise.race([read(path), timeout])
  late.abort()
  return first ?? { ok: false, problem: `could not be read within ${limitMs / 1000} s` }
}

async function readChecked(path: string): Promise<OwnSound> {
  try {
    const facts = await stat(path)
    // A pipe or a device would never end.
    if (!facts.isFile()) return { ok: false, problem: 'is not a file' }
    if (facts.size === 0) return { ok: false, problem: 'is empty' }
    if (facts.size > longestBytes) return { ok: false, problem: `is larger than ${longestBytes / 1e6} MB` }
    return { ok: true, bytes: new Uint8Array(await readFile(path)) }
  } catch (cause) {
    return { ok: false, problem: problemOf(cause as NodeJS.ErrnoException) }
  }
}

function problemOf({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'does not exist'
  if (code === 'EACCES' || code === 'EPERM') return 'cannot be read: ReMo has no permission'
  return `cannot be read: ${code ?? message}`
}
