import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { nullLog } from '../../../tests/support/null-log.ts'
import { SettingsFileStore } from './settings-file-store.ts'
import { SettingsService } from './settings-service.ts'

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'remo-settings-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function open(folder: string, text?: string) {
  const path = join(folder, 'settings.json')
  if (text !== undefined) writeFileSync(path, text)
  const store = new SettingsFileStore({ path, log: nullLog, now: () => Date.UTC(2026, 10, 29) })
  return { path, store, json: () => JSON.parse(readFileSync(path, 'utf8')) as unknown }
}

describe('settings', () => {
  test('that are changed are in the file and in force', () => {
    const { store, json } = open(newFolder())
    const service = new SettingsService(store, {})
    const listener = vi.fn()
    service.onChange(listener)
    service.set('appearance.theme', 'dark')
    expect(service.values['appearance.theme']).toBe('dark')
    expect(service.sources['appearance.theme']).toEqual({ kind: 'file' })
    expect(json()).toEqual({ $schema: './settings.schema.json', version: 1, appearance: { theme: 'dark' } })
    expect(listener.mock.calls).toEqual([[new Set(['appearance.theme'])]])
    service.reset('appearance')
    expect(service.values['appearance.theme']).toBe('system')
  })

  test('refuse a wrong value and one that a variable fixes', () => {
    const { store } = open(newFolder())
    const source = { kind: 'variable', name: 'REMO_THEME' } as const
    const service = new SettingsService(store, { 'appearance.theme': { value: 'light', source } })
    expect(() => service.set('data.keepDays', 0)).toThrow('Expected at least 1 day.')
    expect(() => service.set('appearance.theme', 'dark')).toThrow('REMO_THEME fixes this setting.')
    expect(service.values).toMatchObject({ 'data.keepDays': 14, 'appearance.theme': 'light' })
  })

  test('written by another ReMo meanwhile are kept', () => {
    const folder = newFolder()
    const one = new SettingsService(open(folder).store, {})
    const other = new SettingsService(open(folder).store, {})
    one.set('appearance.theme', 'dark')
    other.set('data.keepDays', 3)
    expect(other.values).toMatchObject({ 'appearance.theme': 'dark', 'data.keepDays': 3 })
  })

  test('edited by hand hold at once', async () => {
    const { store, path } = open(newFolder(), '{}')
    const service = new SettingsService(store, {})
    const changed = new Promise((resolve) => service.onChange(resolve))
    onTestFinished(service.follow())
    writeFileSync(path, '{"appearance":{"density":"compact"}}')
    expect(await changed).toEqual(new Set(['appearance.density']))
    expect(service.values['appearance.density']).toBe('compact')
  })

  test('of a broken file are moved aside', () => {
    const folder = newFolder()
    const { store } = open(folder, '{ "appearance": ')
    expect(store.file.values).toEqual({})
    expect(store.movedAside).toBe(join(folder, 'settings.broken-2026-11-29T00-00-00-000Z.json'))
    expect(readFileSync(store.movedAside ?? '', 'utf8')).toBe('{ "appearance": ')
    new SettingsService(store, {}).set('appearance.theme', 'dark')
    expect(readdirSync(folder).sort()).toEqual([
      'settings.broken-2026-11-29T00-00-00-000Z.json',
      'settings.json',
      'settings.schema.json',
    ])
  })

  test('that cannot be written are unchanged, and the sentence says why', () => {
    const folder = newFolder()
    const { store } = open(folder)
    const service = new SettingsService(store, {})
    mkdirSync(join(folder, 'settings.json.new'))
    expect(() => service.set('appearance.theme', 'dark')).toThrow(/^ReMo cannot write .*The setting is unchanged\.$/)
    expect(service.values['appearance.theme']).toBe('system')
  })

  test('are reset without the connections, and the old file is kept', () => {
    const connections = [{ id: 'prod', name: 'Production', brokers: ['kafka:9092'] }]
    const { store, json } = open(
      newFolder(),
      JSON.stringify({ appearance: { theme: 'dark' }, connections, inUse: 'prod' }),
    )
    const aside = store.reset() ?? ''
    expect(JSON.parse(readFileSync(aside, 'utf8'))).toMatchObject({ appearance: { theme: 'dark' } })
    expect(json()).toMatchObject({ version: 1, connections, inUse: 'prod' })
    expect(store.file.connections).toMatchObject(connections)
    expect(store.file.values).toEqual({})
  })
})
