import { EventEmitter } from 'node:events'
import type { App } from 'electron'
import { expect, test } from 'vitest'
import { acceptDeepLinks, collectStarts, readSecondStart, targetOfLink } from './deep-links.ts'

const id = '0b2e6a52-54a5-8f3c-9d5e-4d2f0f6a7b11'

test('a link to an alert leads to it', () => {
  const links = [`remo://alert/${id}`, `remo://alert/${id}/`, `REMO://alert/${id.toUpperCase()}`]
  expect(links.map(targetOfLink)).toEqual([{ alertId: id }, { alertId: id }, { alertId: id }])
})

test('an invitation leads to the form of a new connection', () => {
  expect(targetOfLink('remo://connect?name=Staging&brokers=kafka:9092')).toMatchObject({
    page: 'settings',
    section: 'connections',
    invitation: { name: 'Staging', brokers: ['kafka:9092'], keyPasted: false },
  })
})

test('a wrong invitation leads to the connections, without one', () => {
  const target = { page: 'settings', section: 'connections' }
  expect(targetOfLink('remo://connect?name=Staging&brokers=kafka:9092&password=x')).toEqual(target)
  expect(targetOfLink(`remo://connect?${'x'.repeat(100_000)}`)).toEqual(target)
})

test.each([
  '',
  'remo:',
  'remo://alert/',
  'remo://alert/../x',
  `remo://node/${id}`,
  `https://alert/${id}`,
  `remo://alert/${id}?x=1`,
])('%j leads nowhere', (link) => {
  expect(targetOfLink(link)).toBeUndefined()
})

/** The part of Electron's app that links use. */
class FakeApp extends EventEmitter {
  readonly schemes: string[] = []
  readonly isPackaged: boolean

  constructor(isPackaged = true) {
    super()
    this.isPackaged = isPackaged
  }

  setAsDefaultProtocolClient(scheme: string): boolean {
    return this.schemes.push(scheme) > 0
  }

  /** As macOS does it, before or after the app is ready. */
  openUrl(link: string): void {
    this.emit('open-url', { preventDefault: () => undefined }, link)
  }
}

function accepting({ app = new FakeApp(), first }: { app?: FakeApp; first?: string }) {
  const seen: unknown[] = []
  const electron = app as unknown as App
  const early = collectStarts(electron)
  const accept = (): void =>
    acceptDeepLinks({
      app: electron,
      first,
      early,
      open: () => seen.push('open'),
      navigate: (to) => seen.push(to),
      doNotDisturb: { request: (pause) => seen.push(pause) },
    })
  return { app, accept, seen }
}

test('a link that starts the app on macOS comes before the app is ready, and is followed', () => {
  const { app, accept, seen } = accepting({})
  app.openUrl(`remo://alert/${id}`)
  expect(seen).toEqual([])
  accept()
  app.openUrl('remo://nowhere')
  expect(seen).toEqual([{ alertId: id }, 'open'])
})

test('a second start passes its link to this one, also while this one starts', () => {
  const { app, accept, seen } = accepting({})
  app.emit('second-instance', {}, ['ReMo.exe', '--updated'], '', { link: `remo://alert/${id}` })
  accept()
  app.emit('second-instance', {}, [], '', {})
  app.emit('second-instance', {}, [], '', null)
  expect(seen).toEqual([{ alertId: id }, 'open', 'open'])
})

test('a second start that only asks for do not disturb does not show the window', () => {
  const { app, accept, seen } = accepting({})
  app.emit('second-instance', {}, [], '', { link: `remo://alert/${id}` })
  app.emit('second-instance', {}, [], '', { doNotDisturb: '1h' })
  accept()
  app.emit('second-instance', {}, [], '', { doNotDisturb: 'off' })
  expect(seen).toEqual([{ alertId: id }, '1h', 'off'])
})

test('a link of the command line is followed, and the icon in the dock opens the window', () => {
  const { app, accept, seen } = accepting({ first: `remo://alert/${id}` })
  accept()
  app.emit('activate')
  expect(seen).toEqual([{ alertId: id }, 'open'])
})

test('only an installed app takes the scheme for itself', () => {
  for (const isPackaged of [true, false]) {
    const { app, accept } = accepting({ app: new FakeApp(isPackaged) })
    accept()
    expect(app.schemes).toEqual(isPackaged ? ['remo'] : [])
  }
})

test.each<[unknown, ReturnType<typeof readSecondStart>]>([
  [{ link: `remo://alert/${id}` }, { link: `remo://alert/${id}` }],
  [{ doNotDisturb: '1h' }, { doNotDisturb: '1h' }],
  [
    { doNotDisturb: 'off', link: 'remo:x' },
    { doNotDisturb: 'off', link: 'remo:x' },
  ],
  [{ doNotDisturb: 'for ever', link: 7 }, {}],
  [null, {}],
  ['remo:x', {}],
])('a second start passes on %j', (data, read) => {
  expect(readSecondStart(data)).toEqual(read)
})
