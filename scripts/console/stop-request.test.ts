import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const module = JSON.stringify(join(import.meta.dirname, 'stop-request.ts'))
const program = `import { listenForStop } from ${module}
  const { requested } = listenForStop()
  setInterval(() => undefined, 1000)
  process.stdout.write('ready')
  process.exit(await requested)`

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('after %s a script exits with %i', async (signal, code) => {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  await once(child.stdout, 'data')
  child.kill(signal)
  expect(await exited).toEqual([code, null])
})
