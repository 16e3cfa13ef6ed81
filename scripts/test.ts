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
import { runScript, runScriptBeside, runVitest } from './test/runners.ts'
import { stagePlan } from './test/stage-plan.ts'
import { type Count, countLine } from './test/test-counts.ts'

const results = join(import.meta.dirname, '..', 'test-results')

type Stage = keyof typeof testStages | keyof typeof namedStages

const run: Record<Stage, (options: readonly string[]) => Promise<Count>> = {
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
  const settle = (stage: string, count: Count, begin: number): void => {
    total.passed += count.passed
    total.failed += count.failed
    total.skipped += count.skipped ?? 0
    failures.push(...(count.failures ?? []).map((failure) => `${stage}: ${failure}`))
    times.push(`${stage} ${secondsSince(begin)}`)
    printLine(`stage ${stage}: ${countLine(count)} (${secondsSince(begin)})`)
  }
  const runBeside = async (stage: string): Promise<void> => {
    const begin = Date.now()
    printLine(`stage ${stage}, beside the next one`)
    settle(stage, await runScriptBeside(stage), begin)
  }
  const stages = Object.keys(run).filter((name) => chosen.includes(name))
  for (const stage of stages.filter((name) => !runsOn(name))) {
    printLine(`stage ${stage} SKIPPED: it runs only on Linux`)
    total.skipped++
  }
  for (const { stage, beside } of stagePlan(stages.filter((name) => runsOn(name)))) {
    const checks = inTurn(beside, runBeside)
    const begin = Date.now()
    printLine(`stage ${stage}`)
    settle(stage, await run[stage as Stage](options), begin)
    await checks
  }
  printLine(`times: ${times.join(', ')}`)
  for (const failure of failures) printLine(`failed in ${failure}`)
  console.log(countLine(total))
  return total.failed === 0 ? 0 : 1
})

async function inTurn(stages: readonly string[], runOne: (stage: string) => Promise<void>): Promise<void> {
  for (const stage of stages) await runOne(stage)
}
