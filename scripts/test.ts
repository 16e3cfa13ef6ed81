/** `npm test [stage…] [-- --option of the runner…]`: lint, types, unit, integration, e2e. Ends with one line `N passed, N failed`. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { testArguments } from './bootstrap/needs.mjs'
import { runMain, say, secondsSince } from './bootstrap/say.mjs'
import { runEndToEnd } from './test/e2e.ts'
import { runScript, runVitest } from './test/runners.ts'
import type { Count } from './test/report.ts'

const results = join(import.meta.dirname, '..', 'test-results')

const run: Record<string, (options: readonly string[]) => Promise<Count>> = {
  lint: () => runScript('lint'),
  types: () => runScript('types'),
  unit: (options) => runVitest('unit*', results, options),
  integration: (options) => runVitest('integration', results, options),
  e2e: (options) => runEndToEnd(results, options),
}

await runMain(async () => {
  const { asked, options } = testArguments(process.argv.slice(2))
  mkdirSync(results, { recursive: true })
  const total: Count = { passed: 0, failed: 0 }
  const times: string[] = []
  for (const [stage, runStage] of Object.entries(run).filter(([name]) => asked.length === 0 || asked.includes(name))) {
    const begin = Date.now()
    say(`stage ${stage}`)
    const { passed, failed } = await runStage(options)
    total.passed += passed
    total.failed += failed
    times.push(`${stage} ${secondsSince(begin)}`)
    say(`stage ${stage}: ${passed} passed, ${failed} failed (${secondsSince(begin)})`)
  }
  say(`times: ${times.join(', ')}`)
  console.log(`${total.passed} passed, ${total.failed} failed`)
  return total.failed === 0 ? 0 : 1
})
