/** `npm test [stage…] [-- --option of the runner…]`: lint, types, unit, backend, compatibility, integration, containers, window, e2e, package; field only if it is named. Ends with one line `N passed, N failed`. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type namedStages, runsOn, testArguments, testStages } from './bootstrap/needs.mjs'
import { runMain, printLine, secondsSince } from './bootstrap/console-output.mjs'
import { runContainers } from './test/run-containers.ts'
import { runEndToEnd } from './test/run-e2e.ts'
import { runField } from './test/run-field.ts'
import { runPackage } from './test/run-package.ts'
import { runPlaywright } from './test/run-playwright.ts'
import { runScript, runVitest } from './test/runners.ts'
import { type Count, countLine } from './test/test-counts.ts'

const results = join(import.meta.dirname, '..', 'test-results')

const run: Record<keyof typeof testStages | keyof typeof namedStages, (options: readonly string[]) => Promise<Count>> =
  {
    lint: () => runScript('lint'),
    types: () => runScript('types'),
    unit: (options) => runVitest('unit*', results, options),
    backend: (options) => runVitest('backend', results, options),
    compatibility: (options) => runVitest('compatibility', results, options),
    integration: (options) => runVitest('integration', results, options),
    containers: (options) => runContainers(results, options),
    window: (options) => runPlaywright('window', results, options),
    e2e: (options) => runEndToEnd(results, options),
    package: (options) => runPackage(results, options),
    field: (options) => runField(results, options),
  }

await runMain(async () => {
  const { requested, options } = testArguments(process.argv.slice(2))
  mkdirSync(results, { recursive: true })
  const total = { passed: 0, failed: 0, skipped: 0 }
  const times: string[] = []
  const failures: string[] = []
  const chosen = requested.length === 0 ? Object.keys(testStages) : requested
  for (const [stage, runStage] of Object.entries(run).filter(([name]) => chosen.includes(name))) {
    if (!runsOn(stage)) {
      printLine(`stage ${stage} SKIPPED: it runs only on Linux`)
      total.skipped++
      continue
    }
    const begin = Date.now()
    printLine(`stage ${stage}`)
    const count: Count = await runStage(options)
    total.passed += count.passed
    total.failed += count.failed
    total.skipped += count.skipped ?? 0
    failures.push(...(count.failures ?? []).map((failure) => `${stage}: ${failure}`))
    times.push(`${stage} ${secondsSince(begin)}`)
    printLine(`stage ${stage}: ${countLine(count)} (${secondsSince(begin)})`)
  }
  printLine(`times: ${times.join(', ')}`)
  for (const failure of failures) printLine(`failed in ${failure}`)
  console.log(countLine(total))
  return total.failed === 0 ? 0 : 1
})
