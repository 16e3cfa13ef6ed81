/** Counts from the JSON reports of the test runners. */
import { readFileSync } from 'node:fs'

export interface Count {
  passed: number
  failed: number
  /** Stages that this machine cannot run. */
  skipped?: number
}

/** The counted fields of vitest's JSON report, which has Jest's format. */
interface VitestReport {
  numPassedTests: number
  numFailedTests: number
  testResults: { status: string; assertionResults: unknown[] }[]
}

/** The counted fields of Playwright's JSON report. */
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

/** A test that passes only in a retry counts as failed. */
export function countPlaywright(file: string, exitCode: number): Count {
  const report = read(file) as PlaywrightReport | undefined
  if (!report) return { passed: 0, failed: 1 }
  const { expected, unexpected, flaky } = report.stats
  return verdict({ passed: expected, failed: unexpected + flaky }, exitCode)
}

/** A runner also fails without a failed test: on an unhandled rejection, or if it finds no test. */
function verdict(count: Count, exitCode: number): Count {
  return exitCode !== 0 && count.failed === 0 ? { ...count, failed: 1 } : count
}

/** undefined if the runner died before it wrote a report. */
function read(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

/** Such as "12 passed, 0 failed"; lists skipped tests if there are any. */
export function countLine({ passed, failed, skipped = 0 }: Count): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}
