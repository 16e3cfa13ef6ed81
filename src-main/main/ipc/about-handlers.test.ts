import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { unzipSync } from 'fflate'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { nullLog } from '../../../tests/support/null-log.ts'
import { CurrentHealth } from '../app/current-health.ts'
import { SettingsFileStore } from '../settings/settings-file-store.ts'
import { SettingsService } from '../settings/settings-service.ts'
import { aboutHandlers } from './about-handlers.ts'
import type { IpcDeps } from './ipc-deps.ts'
import { aboutDeps, pageDeps } from './page-deps-builder.ts'

const password = 'pä$$ "word" & more/@:%'
const typed = 'typed-at-the-wrong-place'
const privateKey = `-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nBKcwggSjAgEAAoIBAQDf\n-----END PRIVATE KEY-----\n`
const token = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbm5hIn0.c2lnbmF0dXJl'
const env = {
  KAFKA_SASL_PASSWORD: 'from-the-environment',
  KAFKA_SASL_USERNAME: 'remo',
  KAFKA_BOOTSTRAP_SERVERS: 'reader:broker-secret@kafka-1:9092',
  REMO_BACKEND_URL: 'https://anna:url-secret@backend.example/remo',
  DATABASE_URL: 'postgres://remo:database-secret@db/remo',
  JWT_SECRET: 'jwt-secret-value',
  GITHUB_TOKEN: 'ghp_other-program',
  HTTPS_PROXY: 'http://proxy-user:proxy-secret@proxy:3128',
  HOME: '/home/anna',
}
const secretTexts = [
  password,
  JSON.stringify(password).slice(1, -1),
  encodeURIComponent(password),
  typed,
  'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC',
  'BKcwggSjAgEAAoIBAQDf',
  token,
  'from-the-environment',
  'broker-secret',
  'url-secret',
  'database-secret',
  'jwt-secret-value',
  'ghp_other-program',
  'proxy-secret',
  'bearer-secret',
]

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'remo-bundle-'))
  mkdirSync(join(dir, 'logs'))
  writeFileSync(
    join(dir, 'settings.json'),
    JSON.stringify({
      version: 1,
      appearance: { theme: typed },
      password: typed,
      connections: [
        {
          id: 'prod',
          name: 'Production',
          brokers: ['kafka-1:9093'],
          protocol: 'SASL_SSL',
          username: 'remo',
          ca: { text: '-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUcertificate\n-----END CERTIFICATE-----' },
          cert: { text: privateKey },
          keyPasted: true,
          backendUrl: 'https://anna:url-secret@backend.example/remo',
          secret: typed,
        },
      ],
    }),
  )
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

function handlers(part: Partial<Parameters<typeof aboutHandlers>[0]> = {}) {
  const page = pageDeps()
  const store = new SettingsFileStore({ path: join(dir, 'settings.json'), log: nullLog, now: () => 0 })
  const settings = { ...page.settings, settings: new SettingsService(store, {}) }
  const deps = {
    ...page,
    settings,
    folders: () => ({ data: dir, logs: join(dir, 'logs'), cache: dir }),
    health: new CurrentHealth(0),
    data: { call: () => Promise.reject(new Error('the data thread is down')) } as unknown as IpcDeps['data'],
    read: { call: () => Promise.reject(new Error('the read thread is down')) } as unknown as IpcDeps['read'],
    about: aboutDeps({
      env,
      secrets: () => [password, privateKey],
      chooseZip: (name) => Promise.resolve(join(dir, name)),
    }),
    now: () => Date.UTC(2026, 10, 24, 12),
    ...part,
  }
  return aboutHandlers(deps)
}

function filesOf(path: string): Map<string, string> {
  const entries = Object.entries(unzipSync(readFileSync(path)))
  return new Map(entries.map(([name, bytes]) => [name, Buffer.from(bytes).toString('utf8')]))
}

async function savedFiles(part?: Parameters<typeof handlers>[0]): Promise<Map<string, string>> {
  const reply = await handlers(part)['app.saveDiagnostics']({})
  if (!reply.saved) throw new Error('not saved')
  return filesOf(reply.path)
}

describe('the diagnostics bundle', () => {
  it('has no secret anywhere, whatever a log or a file has', async () => {
    writeFileSync(
      join(dir, 'logs', 'remo.log'),
      [
        `12:00 error sign-in failed password=${password}`,
        `12:00 error ${JSON.stringify({ password, url: env.DATABASE_URL, authorization: 'Bearer bearer-secret' })}`,
        `12:01 warn ${privateKey}`,
        `12:01 warn ${JSON.stringify(privateKey)} ${token}`,
        `12:02 info proxy ${env.HTTPS_PROXY} https://x/?p=${encodeURIComponent(password)}`,
        '12:03 info a line that stays',
      ].join('\n'),
    )
    const files = await savedFiles()
    for (const [name, text] of files)
      for (const secret of secretTexts) expect(text.includes(secret), `${secret} in ${name}`).toBe(false)
    expect(files.get('logs/remo.log')).toContain('12:03 info a line that stays')
  })

  it('has settings, variables, versions and health, and says of PEM texts only how long they are', async () => {
    const files = await savedFiles()
    expect([...files.keys()]).toEqual(
      expect.arrayContaining([
        'README.txt',
        'about.txt',
        'settings.json',
        'environment.json',
        'health.json',
        'counters.json',
        'cache.json',
        'licenses.json',
      ]),
    )
    const settings = JSON.parse(files.get('settings.json') ?? '') as { connections: unknown[]; problems: string[] }
    expect(settings.connections).toMatchObject([
      {
        id: 'prod',
        brokers: ['kafka-1:9093'],
        username: 'remo',
        ca: expect.stringMatching(/^text of \d+ characters/) as string,
      },
    ])
    expect(settings.problems).toContain('appearance.theme')
    expect(JSON.parse(files.get('environment.json') ?? '')).toEqual({
      KAFKA_BOOTSTRAP_SERVERS: '(hidden)@kafka-1:9092',
      KAFKA_SASL_USERNAME: 'remo',
      KAFKA_SASL_PASSWORD: '(hidden)',
      REMO_BACKEND_URL: expect.stringContaining('backend.example/remo') as string,
      HTTPS_PROXY: expect.stringContaining('proxy:3128') as string,
    })
    expect(files.get('about.txt')).toContain('ReMo: 0.2.0 (abc1234)')
  })

  it('is saved although no thread answers, and says so', async () => {
    const files = await savedFiles()
    expect(JSON.parse(files.get('counters.json') ?? '')).toEqual({ missing: 'the data thread is down' })
  })

  it('has the newest lines of long logs', async () => {
    writeFileSync(join(dir, 'logs', 'remo.log'), `${'an old line of the log\n'.repeat(250_000)}the newest line\n`)
    const text = (await savedFiles()).get('logs/remo.log') ?? ''
    expect(text.length).toBeLessThan(4_000_001)
    expect(text.startsWith('an old line')).toBe(true)
    expect(text.endsWith('the newest line\n')).toBe(true)
  })

  it('is not written if the dialog is canceled, and says why if it cannot be written', async () => {
    const cancel = aboutDeps({ chooseZip: () => Promise.resolve(undefined) })
    expect(await handlers({ about: cancel })['app.saveDiagnostics']({})).toEqual({ saved: false })
    const refused = aboutDeps({ chooseZip: () => Promise.resolve(join(dir, 'no', 'folder.zip')) })
    await expect(handlers({ about: refused })['app.saveDiagnostics']({})).rejects.toThrow(
      /^ReMo cannot write .*Choose another/,
    )
  })
})

describe('About', () => {
  it('has versions, libraries and a text for a report without the name of the user', async () => {
    const about = await handlers()['app.about']({})
    expect(about).toMatchObject({ version: '0.2.0', revision: 'abc1234', licenses: [{ name: 'zod', license: 'MIT' }] })
    expect(about.report).toContain('Data folder: ~/.config/ReMo')
    expect(about.report).toContain('Connection: saved, SASL_SSL, PLAIN')
    expect(about.report).not.toContain('anna')
  })

  it('has the license texts of its libraries, and says which text it cannot read', async () => {
    const library = { name: 'zod', version: '4.6.7' }
    expect(await handlers()['app.licenseText'](library)).toEqual({
      texts: [{ title: 'LICENSE', text: 'MIT License\n' }],
    })
    await expect(handlers()['app.licenseText']({ name: 'left-pad', version: '1.0.0' })).rejects.toThrow(
      'left-pad 1.0.0 is not in this ReMo.',
    )
    const licenses = { list: () => Promise.resolve([]), textOf: () => Promise.reject(new Error('no such file')) }
    await expect(handlers({ about: aboutDeps({ licenses }) })['app.licenseText'](library)).rejects.toThrow(
      'ReMo cannot read this license: no such file.',
    )
  })

  it('opens folders, and says why the system could not', async () => {
    const opened: string[] = []
    const page = pageDeps()
    const openPath = (path: string): Promise<string> => {
      opened.push(path)
      return Promise.resolve(opened.length > 1 ? 'no program' : '')
    }
    const calls = handlers({ settings: { ...page.settings, openPath } })
    await calls['app.openFolder']({ folder: 'data' })
    await expect(calls['app.openFolder']({ folder: 'logs' })).rejects.toThrow('no program')
    expect(opened).toEqual([dir, join(dir, 'logs')])
  })
})
