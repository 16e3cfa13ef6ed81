import { expect, test } from 'vitest'
import { AppHealth } from './app-health.ts'
import { CurrentHealth } from './current-health.ts'

const texts = (health: AppHealth): string[] => health.report.notices.map(({ text }) => text)

test('notices of the app stay when the connection changes, those of a connection go with it', () => {
  const health = new AppHealth(0)
  health.addNotice({ id: 'metrics-endpoint', severity: 'warning', text: 'The endpoint is off.' })
  const prod = new CurrentHealth(0)
  prod.addNotice({ id: 'backend-not-encrypted', severity: 'warning', text: 'Not encrypted.' })
  health.follow(prod)
  expect(texts(health)).toEqual(['Not encrypted.', 'The endpoint is off.'])
  health.follow(new CurrentHealth(0))
  expect(texts(health)).toEqual(['The endpoint is off.'])
})

test('between two connections the console is blind, and the old one changes nothing', () => {
  const health = new AppHealth(0)
  const prod = new CurrentHealth(0)
  health.follow(prod)
  prod.setReport({ ...prod.report, health: { kind: 'live', behindMs: 100 } })
  const seen: string[] = []
  health.onChange((report) => seen.push(report.health.kind === 'blind' ? report.health.detail : report.health.kind))
  health.showNone(5000, 'ReMo is opening Staging.')
  prod.setReport({ ...prod.report, health: { kind: 'live', behindMs: 200 } })
  expect(seen).toEqual(['ReMo is opening Staging.'])
  expect(health.report.health).toMatchObject({ kind: 'blind', since: 5000, cause: 'connecting' })
})
