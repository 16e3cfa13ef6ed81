/**
 * The stages that run in Playwright. Chromium's sandbox does not run as root, and the tests cover the sandbox: so root
 * runs these stages as an ordinary user.
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { printLine } from '../bootstrap/console-output.mjs'
import { runInForeground } from '../bootstrap/run-command.mjs'
import { canSwitchUser, runAsOrdinaryUser } from './ordinary-user.ts'
import { type Count, countPlaywright } from './test-counts.ts'

const root = join(import.meta.dirname, '..', '..')

/**
 * @param project a project of playwright.config.ts
 * @param results folder of the JSON report
 * @param options for Playwright, such as `--grep`
 */
export async function runPlaywright(project: string, results: string, options: readonly string[]): Promise<Count> {
  const reportName = `${project}.json`
  const report = join(results, reportName)
  rmSync(report, { force: true })
  const args = ['node_modules/@playwright/test/cli.js', 'test', `--project=${project}`, ...options]
  if (process.platform === 'linux' && process.getuid?.() === 0) {
    if (await canSwitchUser())
      return countPlaywright(report, await runAsOrdinaryUser({ root, results, reportName, args }))
    printLine(`root cannot mount or create users here: ${project} runs as root, without the sandbox`)
  }
  const env = { ...process.env, PLAYWRIGHT_JSON_OUTPUT_NAME: report }
  return countPlaywright(report, await runInForeground(process.execPath, args, env))
}
