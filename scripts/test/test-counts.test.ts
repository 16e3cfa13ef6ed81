import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { countLine, countPlaywright, countVitest } from './test-counts.ts'

function reportOf(content: unknown): string {
  const file = join(mkdtempSync(join(tmpdir(), 'remo-report-')), 'report.json')
  writeFileSync(file, JSON.stringify(content))
  return file
}

describe('counts', () => {
  test('a test file that does not load is a failure', () => {
    const testResults = [
      { name: '/elsewhere/a.test.ts', status: 'failed', assertionResults: [] },
      {
        name: join(process.cwd(), 'tests/b.test.ts'),
        status: 'failed',
        assertionResults: [
          { fullName: 'holds', status: 'passed' },
          { fullName: 'counts twice', status: 'failed' },
        ],
      },
    ]
    expect(countVitest(reportOf({ numPassedTests: 7, numFailedTests: 1, testResults }), 1)).toEqual({
      passed: 7,
      failed: 2,
      failures: ['/elsewhere/a.test.ts does not load', 'tests/b.test.ts › counts twice'],
    })
  })

  test('a runner that fails while every test passes is a failure', () => {
    expect(countVitest(reportOf({ numPassedTests: 7, numFailedTests: 0, testResults: [] }), 1)).toEqual({
      passed: 7,
      failed: 1,
      failures: ['the runner ended with 1, and no test failed'],
    })
  })

  test('a test that needed a second try is a failure', () => {
    const specs = [
      { title: 'good', file: 'a.test.ts', line: 3, tests: [{ status: 'expected' }] },
      { title: 'bad', file: 'a.test.ts', line: 9, tests: [{ status: 'unexpected' }] },
    ]
    const inner = { specs: [{ title: 'twice', file: 'b.test.ts', line: 1, tests: [{ status: 'flaky' }] }] }
    const report = { stats: { expected: 5, unexpected: 1, flaky: 1 }, suites: [{ specs, suites: [inner] }] }
    expect(countPlaywright(reportOf(report), 1)).toEqual({
      passed: 5,
      failed: 2,
      failures: ['a.test.ts:9 › bad', 'b.test.ts:1 › twice'],
    })
  })

  test('a runner that died without a report is a failure', () => {
    expect(countPlaywright('/no/such/report.json', 137)).toEqual({
      passed: 0,
      failed: 1,
      failures: ['the runner wrote no report'],
    })
  })

  test('stages that cannot run here are listed', () => {
    expect(countLine({ passed: 5, failed: 0, skipped: 1 })).toBe('5 passed, 0 failed, 1 skipped')
    expect(countLine({ passed: 5, failed: 0 })).toBe('5 passed, 0 failed')
  })
})
