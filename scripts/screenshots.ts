/** `npm run screenshots`: takes the pictures of docs/guide with the built app and real servers. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { printLine, runMain, secondsSince } from './bootstrap/console-output.mjs'
import { ensureBuild } from './console/build.ts'
import { requireMadeUpComputer, runOnMadeUpComputer } from './screenshots/made-up-computer.ts'
import { publishPictures } from './screenshots/publish-pictures.ts'
import { ensureKafkaJars } from './stack/servers/kafka-install.ts'

await runMain(async () => {
  const begin = Date.now()
  await requireMadeUpComputer()
  await ensureBuild()
  await ensureKafkaJars(printLine) // here, because the made-up computer has no network
  const taken = mkdtempSync(join(tmpdir(), 'remo-pictures-'))
  try {
    const code = await runOnMadeUpComputer([join(import.meta.dirname, 'screenshots', 'take.ts'), taken])
    if (code !== 0) return code
    const bytes = await publishPictures(taken)
    const size = (bytes / 1e6).toFixed(1)
    printLine(`${readdirSync(taken).length} pictures in docs/guide/pictures, ${size} MB (${secondsSince(begin)})`)
    return 0
  } finally {
    rmSync(taken, { recursive: true, force: true })
  }
})
