import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { SoundFiles } from './sound-files.ts'

const folder = mkdtempSync(join(tmpdir(), 'remo-sounds-'))
writeFileSync(join(folder, 'critical.wav'), '0123456789')
writeFileSync(join(folder, 'secret.wav'), 'secret')
const get = (files: SoundFiles, url: string, range?: string) =>
  files.respond({ method: 'GET', url, headers: new Headers(range === undefined ? {} : { range }) })

test('the page has no script, and may load media of its own origin only', async () => {
  const response = await get(new SoundFiles(folder), 'app://player/player.html')
  expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; media-src 'self';/)
  expect(await response.text()).not.toContain('script')
})

test('a sound is served whole and in parts, with its length', async () => {
  const files = new SoundFiles(folder)
  const whole = await get(files, files.urlOf('critical'))
  expect([whole.status, whole.headers.get('content-length'), await whole.text()]).toEqual([200, '10', '0123456789'])
  const part = await get(files, files.urlOf('critical'), 'bytes=4-6')
  expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([206, 'bytes 4-6/10', '456'])
  const rest = await get(files, files.urlOf('critical'), 'bytes=8-')
  expect([rest.status, await rest.text()]).toEqual([206, '89'])
  expect((await get(files, files.urlOf('critical'), 'bytes=10-')).status).toBe(416)
})

test('the own file is the one that was read last, at an address of its own', async () => {
  const files = new SoundFiles(folder)
  expect((await get(files, 'app://player/own')).status).toBe(404)
  const first = files.serveOwn(new TextEncoder().encode('one'))
  const second = files.serveOwn(new TextEncoder().encode('two'))
  expect(second).not.toBe(first)
  expect(await (await get(files, second)).text()).toBe('two')
})

test.each([
  'app://player/secret.wav',
  'app://player/../critical.wav.txt',
  'app://player/%2e%2e/etc/passwd',
  'app://remo/critical.wav',
  'app://player/',
])('%s is not served', async (url) => {
  expect((await get(new SoundFiles(folder), url)).status).toBe(404)
})

test('only reading is answered', async () => {
  const files = new SoundFiles(folder)
  expect((await files.respond({ method: 'POST', url: files.urlOf('critical'), headers: new Headers() })).status).toBe(
    404,
  )
})
