import { expect, test } from 'vitest'
import { anAlert } from '#shared/alert/alert-builders.ts'
import type { HistoryEntry } from '#shared/history/history.ts'
import { aSettingsView } from '../../../bridge/bridge-builders.ts'
import { failureReply, FakeBridge, okReply } from '../../../bridge/fake-bridge.ts'
import { AppState } from '../../../live/app-state.svelte.ts'
import { useTimeSettings } from '../../../live/time-style.svelte.ts'
import { anEntry, someFigures } from './history-builders.ts'
import { HistoryOutput } from './history-output.svelte.ts'
import { HistoryPage } from './history-page.svelte.ts'

useTimeSettings(aSettingsView({ 'appearance.timeZone': 'utc' }))
const at = Date.parse('2026-11-24T10:21:08Z')

async function anOutput(entries: readonly HistoryEntry[], pageSize = 100) {
  const bridge = new FakeBridge({
    'history.list': ({ cursor = '0' }) => {
      const from = Number(cursor)
      const next = from + pageSize < entries.length ? { next: String(from + pageSize) } : {}
      return okReply({ entries: entries.slice(from, from + pageSize), ...next })
    },
    'history.summary': () => okReply({ bars: [], figures: someFigures() }),
    'history.export': () => okReply({ saved: true, path: '/tmp/a.csv', rows: 1234 }),
  })
  const app = new AppState(bridge.api)
  const page = new HistoryPage(app)
  await page.reload()
  const clipboard: string[] = []
  const output = new HistoryOutput(app, page, (text) => clipboard.push(text) > 0)
  return { bridge, page, output, clipboard }
}

const resolved = anEntry(
  1,
  { openedAt: at, nodeId: 'node-17', nodeName: 'Server-Alpha', resolvedAt: at + 1_122_000 },
  { acknowledged: { by: 'anna', at: at + 100_000 } },
)

test('an alert as text for a chat, with times and zone', async () => {
  const { output, clipboard } = await anOutput([resolved])
  output.copySelected()
  expect(clipboard).toEqual([
    'CRITICAL node-17 (Server-Alpha): CPU > 95 %, worst 99.1 %\n' +
      '2026-11-24 10:21:08 to 10:39:50 UTC, 18 m 42 s, Resolved at 71.0 %\n' +
      'Acknowledged by anna, 1 m 40 s after it fired',
  ])
  expect(output.done).toEqual({ ok: true, text: 'Copied the alert.' })
})

test('a text never carries marks that change how others read it', async () => {
  const { output, clipboard } = await anOutput([anEntry(1, { nodeId: '\u202egpj.exe', nodeName: '\u202egpj.exe' })])
  output.copySelected()
  expect(clipboard[0]).toContain('\\u202egpj.exe: CPU')
})

test('the list as text has a head with range and zone, and a line an entry', async () => {
  const firing: HistoryEntry = {
    ...anEntry(2),
    alert: anAlert({ openedAt: at - 60_000, severity: 'warning', threshold: 85, value: 86.4 }),
    worst: 'warning',
    worstValue: 86.4,
  }
  const blind: HistoryEntry = { kind: 'blind', from: at - 180_000, to: at - 120_000, cause: 'Kafka did not answer.' }
  const { output, clipboard } = await anOutput([resolved, firing, blind])
  await output.copyList()
  const lines = clipboard[0]?.split('\n') ?? []
  expect(lines[0]).toMatch(/^Alerts from [\d-]+ [\d:]+ to [\d-]+ [\d:]+ UTC: 2 alerts$/)
  expect(lines.slice(1)).toEqual([
    '2026-11-24 10:21:08  CRITICAL  node-17  CPU > 95 %  worst 99.1 %  18 m 42 s  Resolved at 71.0 %  acknowledged by anna',
    expect.stringMatching(
      /^2026-11-24 10:20:08 {2}WARNING {3}node-1 {2}CPU > 85 % {2}worst 86\.4 % {2}.+ {2}still fires {2}not acknowledged$/,
    ),
    'MONITORING BLIND 2026-11-24 10:18:08 to 10:19:08 UTC, 1 m: Kafka did not answer.',
  ])
})

test('the copy has also what is not on the screen yet, up to 500 lines', async () => {
  const some = Array.from({ length: 230 }, (_, i) => anEntry(i))
  const { output, clipboard } = await anOutput(some)
  await output.copyList()
  expect([clipboard[0]?.split('\n').length, output.done?.text]).toEqual([231, 'Copied 230 entries.'])

  const many = await anOutput(Array.from({ length: 700 }, (_, i) => anEntry(i)))
  await many.output.copyList()
  expect(many.clipboard[0]?.split('\n')).toHaveLength(501)
  expect(many.clipboard[0]).toContain('the newest 500 alerts')
  expect(many.output.done?.text).toBe('Copied the newest 500 entries.')
})

test('a page that fails ends the copy with what is known', async () => {
  const { bridge, output, clipboard } = await anOutput(Array.from({ length: 230 }, (_, i) => anEntry(i)))
  bridge.replies['history.list'] = () => failureReply('unavailable', 'The disk is full.')
  await output.copyList()
  expect(clipboard[0]).toContain('the newest 100 alerts')
  expect(output.copying).toBe(false)
})

test('the export is of the list on the screen; a canceled dialog says nothing, a failure says why', async () => {
  const { bridge, page, output } = await anOutput([resolved])
  await output.exportCsv()
  expect(bridge.requests.at(-1)).toEqual({ call: 'history.export', request: { filter: page.filter } })
  expect(output.done).toEqual({ ok: true, text: 'Saved 1,234 rows to /tmp/a.csv' })
  const missingReason = 'The backend does not answer.'
  bridge.replies['history.export'] = () => okReply({ saved: true, path: '/tmp/a.csv', rows: 1, missingReason })
  await output.exportCsv()
  expect(output.done?.text).toBe('Saved 1 row to /tmp/a.csv. The backend does not answer.')
  bridge.replies['history.export'] = () => okReply({ saved: false })
  await output.exportCsv()
  expect(output.done).toBeUndefined()
  bridge.replies['history.export'] = () => failureReply('failed', 'The disk is full.')
  await output.exportCsv()
  expect(output.done).toEqual({ ok: false, text: 'Export failed. The disk is full.' })
})
