import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'

const module = JSON.stringify(pathToFileURL(join(import.meta.dirname, 'stop-request.ts')).href)
const program = `import { listenForStop } from ${module}
  const { requested } = listenForStop()
  setInterval(() => undefined, 1000)
  process.stdout.write('ready')
  process.exit(await requested)`

test.skipIf(process.platform === 'win32').each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)(
  'after %s a script exits with %i (not on Windows: a signal ends a process at once)',
  async (signal, code) => {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const exited = once(child, 'exit')
    await once(child.stdout, 'data')
    child.kill(signal)
    expect(await exited).toEqual([code, null])
  },
)
