import { open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Bytes of all logs in a bundle. */
const mostBytes = 4_000_000

/** The newest lines of the log files, at most 4 MB together. By name, the newest file first. */
export async function lastLogs(folder: string): Promise<Map<string, string>> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.log'))
  const files = await Promise.all(names.map(async (name) => ({ name, at: await changedAt(join(folder, name)) })))
  files.sort((a, b) => b.at - a.at)
  const logs = new Map<string, string>()
  let left = mostBytes
  for (const { name } of files) {
    if (left <= 0) break
    const text = await tailOf(join(folder, name), left).catch(() => '') // rotated away meanwhile
    left -= Buffer.byteLength(text)
    logs.set(name, text)
  }
  return logs
}

async function changedAt(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.mtimeMs ?? 0
}

/** Whole lines at the end of a file. */
async function tailOf(path: string, bytes: number): Promise<string> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const from = Math.max(0, size - bytes)
    const buffer = Buffer.alloc(size - from)
    const { bytesRead } = await file.read(buffer, 0, buffer.length, from)
    const text = buffer.toString('utf8', 0, bytesRead)
    return from === 0 ? text : text.slice(text.indexOf('\n') + 1)
  } finally {
    await file.close()
  }
}
