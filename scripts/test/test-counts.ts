/** Counts from the JSON reports of the test runners. */
import { readFileSync } from 'node:fs'

export interface Count {
  passed: number
  failed: number
  /** Stages that this machine cannot run. */
  skipped?: number
}

/** What the count needs of vitest's JSON report, which is Jest's. */
interface VitestReport {
  numPassedTests: number
  numFailedTests: number
  testResults: { status: string; assertionResults: unknown[] }[]
}

/** What the count needs of Playwright's JSON report. */
interface PlaywrightReport {
  stats: { expected: number; unexpected: number; flaky: number }
}

export function countVitest(file: string, exitCode: number): Count {
  const report = read(file) as VitestReport | undefined
  if (!report) return { passed: 0, failed: 1 }
  const unloadable = report.testResults.filter(
    (suite) => suite.status === 'failed' && suite.assertionResults.length === 0,
  )
  return verdict({ passed: report.numPassedTests, failed: report.numFailedTests + unloadable.length }, exitCode)
}

/** A test that passed only when repeated counts as failed. */
export function countPlaywright(file: string, exitCode: number): Count {
  const report = read(file) as PlaywrightReport | undefined
  if (!report) return { passed: 0, failed: 1 }
  const { expected, unexpected, flaky } = report.stats
  return verdict({ passed: expected, failed: unexpected + flaky }, exitCode)
}

/** A runner also fails on what is no test: an unhandled rejection, no test found. */
function verdict(count: Count, exitCode: number): Count {
  return exitCode !== 0 && count.failed === 0 ? { ...count, failed: 1 } : count
}

/** undefined when the runner died before it wrote one. */
function read(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

/** As in "12 passed, 0 failed"; what was skipped is said where there is any. */
export function countLine({ passed, failed, skipped = 0 }: Count): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}
