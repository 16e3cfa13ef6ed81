// The first thing every npm script runs. Plain JavaScript and Node's built-ins only: it works on a fresh clone with
// nothing installed and on an old Node. It provides the requirements of the command step by step, then runs it.
import { createHash } from 'node:crypto'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { withLock } from './bootstrap/cache.mjs'
import { withColorChoice } from './bootstrap/color.mjs'
import { ensureDependencies } from './bootstrap/dependencies.mjs'
import { ensureElectron } from './bootstrap/electron.mjs'
import { helpFor } from './bootstrap/help.mjs'
import { ensureKeychain } from './offline/keychain.mjs'
import { ensureNativeModules } from './offline/native-modules.mjs'
import { needsOf } from './bootstrap/needs.mjs'
import { ensureNode, useNode } from './bootstrap/node.mjs'
import { ensurePostgresLinks } from './bootstrap/postgres-links.mjs'
import { runInForeground } from './bootstrap/run-command.mjs'
import { runMain } from './bootstrap/console-output.mjs'
import { provide } from './bootstrap/system.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

await runMain(async () => {
  const [command, ...args] = process.argv.slice(2)
  const help = await helpFor(root, command, args)
  if (help !== undefined) {
    process.stdout.write(help)
    return 0
  }
  const needs = needsOf(command, args)
  const node = await ensureNode(root)
  useNode(node)
  if (node !== process.execPath) return runInForeground(node, [fileURLToPath(import.meta.url), command, ...args])

  Object.assign(process.env, withColorChoice(process.env))
  process.chdir(root)
  await provide(needs.missing())
  const env = { ...process.env }
  await withLock(`checkout-${createHash('sha256').update(root).digest('hex').slice(0, 16)}`, async () => {
    await ensureDependencies(root)
    await ensurePostgresLinks(root)
    if (needs.keychain && !needs.electron) await ensureKeychain(root, [process.execPath])
    if (!needs.electron) return
    const electron = await ensureElectron(root)
    await ensureNativeModules(root, [process.execPath, electron.executable])
    await ensureKeychain(root, [process.execPath, electron.executable])
    env.ELECTRON_OVERRIDE_DIST_PATH = electron.dist
    env.ELECTRON_EXEC_PATH = electron.executable // electron-vite and the end-to-end tests start this one
  })
  // kafkajs sets a timer in the past once per process (tulios/kafkajs#1751): a harmless warning
  return runInForeground(node, ['--disable-warning=TimeoutNegativeWarning', needs.script, ...args], env)
})
