import { expect, test } from 'vitest'
import { helpText } from '../../src-shared/settings/help-text.ts'
import { manPage } from './man-page.ts'

const page = manPage({ version: '1.2.3', at: Date.parse('2026-11-24T12:00:00Z') })

test('the man page has the version and the day of its commit', () => {
  expect(page.split('\n')[0]).toBe('.TH REMO 1 "2026-11-24" "ReMo 1.2.3" "User Commands"')
})

test('the man page has every option and every variable of --help, with its meaning', () => {
  const lines = helpText.split('\n').filter((line) => /^ {2}\S/.test(line))
  expect(lines.length).toBeGreaterThan(30)
  const entries = page.replaceAll('\\-', '-').split('.TP\n').slice(1)
  const shown = entries.map((entry) => entry.split('\n').slice(0, 2).join(' ').replace('.B ', ''))
  for (const line of lines) expect(shown).toContain(line.trim().replaceAll(/ {2,}/g, ' '))
})
