import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { eventually } from './field-producer.ts'

const run = promisify(execFile)

/** Answers a native question, the one about closing by default: `Return` presses its first button, `Escape` cancels. */
export async function answerQuestion(
  env: NodeJS.ProcessEnv,
  key: 'Return' | 'Escape',
  title = 'Close ReMo',
): Promise<void> {
  const xdotool = async (...args: readonly string[]) => (await run('xdotool', [...args], { env })).stdout.trim()
  let dialog = ''
  await eventually(async () => {
    dialog = (await xdotool('search', '--onlyvisible', '--name', `^${title}$`)).split('\n').at(-1) ?? ''
  })
  await xdotool('windowfocus', '--sync', dialog)
  await xdotool('key', '--clearmodifiers', key)
}
