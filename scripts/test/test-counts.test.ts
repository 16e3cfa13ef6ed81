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
      { status: 'failed', assertionResults: [] },
      { status: 'failed', assertionResults: [{}] },
    ]
    expect(countVitest(reportOf({ numPassedTests: 7, numFailedTests: 2, testResults }), 1)).toEqual({
      passed: 7,
      failed: 3,
    })
  })

  test('a runner that fails while every test passes is a failure', () => {
    expect(countVitest(reportOf({ numPassedTests: 7, numFailedTests: 0, testResults: [] }), 1)).toEqual({
      passed: 7,
      failed: 1,
    })
  })

  test('a test that needed a second try is a failure', () => {
    expect(countPlaywright(reportOf({ stats: { expected: 5, unexpected: 1, flaky: 1 } }), 1)).toEqual({
      passed: 5,
      failed: 2,
    })
  })

  test('a runner that died without a report is a failure', () => {
    expect(countPlaywright('/no/such/report.json', 137)).toEqual({ passed: 0, failed: 1 })
  })

  test('stages that cannot run here are listed', () => {
    expect(countLine({ passed: 5, failed: 0, skipped: 1 })).toBe('5 passed, 0 failed, 1 skipped')
    expect(countLine({ passed: 5, failed: 0 })).toBe('5 passed, 0 failed')
  })
})
