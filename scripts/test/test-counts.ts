/** Counts from the JSON reports of the test runners. */
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'

export interface Count {
  passed: number
  failed: number
  /** What failed, one text each: `tests/a.test.ts › the title`. */
  failures?: readonly string[]
  /** Stages that this machine cannot run. */
  skipped?: number
}

/** The counted fields of vitest's JSON report, which has Jest's format. */
interface VitestReport {
  numPassedTests: number
  numFailedTests: number
  testResults: {
    name: string
    status: string
    assertionResults: { fullName: string; status: string }[]
  }[]
}

/** The counted fields of Playwright's JSON report. `status` of a test: also `flaky`. */
interface PlaywrightReport {
  stats: { expected: number; unexpected: number; flaky: number }
  suites: PlaywrightSuite[]
}

interface PlaywrightSuite {
  suites?: PlaywrightSuite[]
  specs?: { title: string; file: string; line: number; tests: { status: string }[] }[]
}

export function countVitest(file: string, exitCode: number): Count {
  const report = read(file) as VitestReport | undefined
  if (!report) return noReport
  const failures = report.testResults.flatMap(({ name, status, assertionResults }) => {
    if (status === 'failed' && assertionResults.length === 0) return [`${shortPath(name)} does not load`]
    const failed = assertionResults.filter((test) => test.status === 'failed')
    return failed.map(({ fullName }) => `${shortPath(name)} › ${fullName}`)
  })
  const unloadable = report.testResults.filter(
    (suite) => suite.status === 'failed' && suite.assertionResults.length === 0,
  )
  const failed = report.numFailedTests + unloadable.length
  return verdict({ passed: report.numPassedTests, failed, failures }, exitCode)
}

/** A test that passes only in a retry counts as failed. */
export function countPlaywright(file: string, exitCode: number): Count {
  const report = read(file) as PlaywrightReport | undefined
  if (!report) return noReport
  const { expected, unexpected, flaky } = report.stats
  return verdict({ passed: expected, failed: unexpected + flaky, failures: failuresIn(report.suites) }, exitCode)
}

function failuresIn(suites: readonly PlaywrightSuite[]): string[] {
  return suites.flatMap(({ suites: inner = [], specs = [] }) => {
    const failed = specs.filter(({ tests }) =>
      tests.some(({ status }) => status === 'unexpected' || status === 'flaky'),
    )
    return [...failed.map(({ file, line, title }) => `${file}:${line} › ${title}`), ...failuresIn(inner)]
  })
}

const noReport: Count = { passed: 0, failed: 1, failures: ['the runner wrote no report'] }

/** The path within the checkout. */
function shortPath(file: string): string {
  const path = relative(process.cwd(), file)
  return path.startsWith('..') ? file : path
}

/** A runner also fails without a failed test: on an unhandled rejection, or if it finds no test. */
function verdict(count: Count, exitCode: number): Count {
  if (exitCode === 0 || count.failed > 0) return count
  return { ...count, failed: 1, failures: [`the runner ended with ${exitCode}, and no test failed`] }
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
