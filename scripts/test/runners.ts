import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { runInForeground, runInIdleTime } from '../bootstrap/run-command.mjs'
import { type Count, countVitest } from './test-counts.ts'

/** Runs a script of package.json as one test. */
export async function runScript(name: string): Promise<Count> {
  return scriptCount(name, (await runInForeground('npm', ['run', '--silent', name])) === 0)
}

/** As `runScript`, while others run: only with time that they leave, and with its output at its end. */
export async function runScriptBeside(name: string): Promise<Count> {
  const { ok, output } = await runInIdleTime('npm', ['run', '--silent', name])
  process.stdout.write(output)
  return scriptCount(name, ok)
}

function scriptCount(name: string, ok: boolean): Count {
  return ok ? { passed: 1, failed: 0 } : { passed: 0, failed: 1, failures: [`npm run ${name}`] }
}

/** @param results folder of the JSON report; `options` go to vitest unchanged */
export async function runVitest(project: string, results: string, options: readonly string[]): Promise<Count> {
  const report = join(results, `${project.replace('*', '')}.json`)
  rmSync(report, { force: true })
  const code = await runInForeground(process.execPath, vitestArguments(project, report, options))
  return countVitest(report, code)
}

/** Arguments of Node for one project of vitest, in the root of a checkout. `report`: path of the JSON report. */
export function vitestArguments(project: string, report: string, options: readonly string[]): string[] {
  const bin = 'node_modules/vitest/vitest.mjs'
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  return ['--disable-warning=TimeoutNegativeWarning', bin, 'run', '--project', project, ...reporters, ...options]
}
