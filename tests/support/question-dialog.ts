import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { eventually } from './field-producer.ts'

const run = promisify(execFile)

/**
 * Answers a native question, the one about closing by default: `Return` presses its first button, `Escape` cancels.
 * Resolves when it has left the screen: it could be taken for the next one.
 */
export async function answerQuestion(
  env: NodeJS.ProcessEnv,
  key: 'Return' | 'Escape',
  title = 'Close ReMo',
): Promise<void> {
  const xdotool = async (...args: readonly string[]) => (await run('xdotool', [...args], { env })).stdout.trim()
  // Fails without any.
  const shown = async () => (await xdotool('search', '--onlyvisible', '--name', `^${title}$`)).split('\n')
  let dialog = ''
  await eventually(async () => {
    dialog = (await shown()).at(-1) ?? ''
  })
  await xdotool('windowfocus', '--sync', dialog)
  await xdotool('key', '--clearmodifiers', key)
  await eventually(async () => {
    if ((await shown().catch(() => [''])).includes(dialog)) throw new Error(`the question "${title}" stays`)
  })
}
