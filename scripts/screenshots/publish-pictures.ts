import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const docs = join(import.meta.dirname, '..', '..', 'docs')
const folder = join(docs, 'guide', 'pictures')
/** The picture of README.md. */
const first = 'overview-light.png'
/** A window has few colors; more of them are steps of smooth letters, which nobody sees. */
const colors = 96

/** Replaces the pictures of the guide by small copies of these. @returns the bytes of all */
export async function publishPictures(taken: string): Promise<number> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  let bytes = 0
  for (const name of readdirSync(taken)) {
    const to = join(folder, name)
    const shrink = ['+dither', '-colors', String(colors), '-strip', '-define', 'png:compression-level=9']
    await promisify(execFile)('convert', [join(taken, name), ...shrink, `png8:${to}`])
    bytes += statSync(to).size
  }
  copyFileSync(join(folder, first), join(docs, 'screenshot.png'))
  return bytes
}
