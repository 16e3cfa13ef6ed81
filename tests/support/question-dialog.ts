import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { eventually } from './field-producer.ts'

const run = promisify(execFile)

/** Answers the native question about closing: `Return` presses its first button, `Escape` cancels. */
export async function answerQuestion(env: NodeJS.ProcessEnv, key: 'Return' | 'Escape'): Promise<void> {
  const xdotool = async (...args: readonly string[]) => (await run('xdotool', [...args], { env })).stdout.trim()
  let dialog = ''
  await eventually(async () => {
    dialog = (await xdotool('search', '--onlyvisible', '--name', '^Close ReMo$')).split('\n').at(-1) ?? ''
  })
  await xdotool('windowfocus', '--sync', dialog)
  await xdotool('key', '--clearmodifiers', key)
}
