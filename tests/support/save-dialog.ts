import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { eventually } from './field-producer.ts'

const run = promisify(execFile)

/** Answers the native save dialog: waits for its window, types the path, presses Enter. */
export async function saveAs(env: NodeJS.ProcessEnv, path: string): Promise<void> {
  const xdotool = async (...args: readonly string[]) => (await run('xdotool', [...args], { env })).stdout.trim()
  let dialog = ''
  await eventually(async () => {
    dialog = (await xdotool('search', '--onlyvisible', '--name', '^(Save|Export)')).split('\n').at(-1) ?? ''
  })
  await xdotool('windowfocus', '--sync', dialog)
  await xdotool('key', '--clearmodifiers', 'ctrl+a')
  await xdotool('type', '--clearmodifiers', path)
  await xdotool('key', 'Return')
}
