import { readFileSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { UpdaterEngine } from '../../src-main/main/updates/updater-engine.ts'
import { readFeedKey } from '../../src-shared/update/feed-signature.ts'
import { manifestLimit } from '../../src-shared/update/update-manifest.ts'
import { makeCertificates } from '../support/certificates.ts'
import type { Certificates } from '../support/certificates.ts'
import { nullLog } from '../support/null-log.ts'
import { fetchTrusting, UpdateFeed } from '../support/update-feed.ts'

let dir: string
let certificates: Certificates
let feed: UpdateFeed
const content = Buffer.alloc(300_000, 'package')
/** Of tests that are not about a limit: a busy computer is slow. */
const patient = { answerMs: 30_000, silenceMs: 30_000 }

beforeAll(async () => {
  const shared = await mkdtemp(join(tmpdir(), 'remo-feed-certificates-'))
  certificates = await makeCertificates(shared)
  return () => rm(shared, { recursive: true })
})
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'remo-updates-'))
  feed = await UpdateFeed.start(certificates)
})
afterEach(async () => {
  await feed.stop()
  await rm(dir, { recursive: true, force: true })
})

function engine({
  installed = '0.2.0',
  url = feed.url,
  key = feed.key,
  ca = certificates.ca,
  limits = patient,
} = {}): UpdaterEngine {
  return new UpdaterEngine({
    type: 'deb',
    arch: 'x64',
    manifestName: 'latest-linux.yml',
    feed: { url, key: readFeedKey(key) ?? '' },
    installed,
    cacheDir: join(dir, 'updates'),
    configPath: join(dir, 'none.yml'),
    fetch: fetchTrusting(ca),
    limits,
    log: nullLog,
  })
}

const downloads = (): Promise<string[]> => readdir(join(dir, 'updates', 'pending')).catch(() => [])

test('a newer version is found, downloaded and verified', async () => {
  feed.publish('0.2.1', content, { notes: '### Added\n\n- a thing' })
  const updater = engine()
  expect(await updater.check()).toEqual({ version: '0.2.1', notes: '### Added\n\n- a thing\n', size: 300_000 })
  const received: number[] = []
  const file = await updater.download((bytes) => received.push(bytes))
  expect(readFileSync(file ?? '').equals(content)).toBe(true)
  expect(received.at(-1)).toBe(300_000)
  expect(feed.requests).toEqual(['/remo/latest-linux.yml', '/remo/latest-linux.yml.sig', '/remo/remo_0.2.1_amd64.deb'])
})

test('the requests name neither this installation nor its user', async () => {
  feed.publish('0.2.1', content)
  await engine().check()
  const { host: _, ...headers } = feed.headers
  expect(headers).toEqual({ accept: '*/*', connection: expect.any(String) as unknown })
  expect(await readdir(dir)).toEqual([])
})

test('what was downloaded before is verified, and not downloaded again', async () => {
  feed.publish('0.2.1', content)
  const first = engine()
  await first.check()
  await first.download(() => undefined)
  const second = engine()
  await second.check()
  expect(await second.download(() => undefined)).toMatch(/remo_0\.2\.1_amd64\.deb$/)
  expect(feed.requests.filter((path) => path.endsWith('.deb'))).toHaveLength(1)
})

test.each([
  ['the same version', '0.2.0'],
  ['an older version', '0.1.9'],
  ['a pre-release', '0.3.0-beta.1'],
])('%s is no update', async (_, version) => {
  feed.publish(version, content)
  expect(await engine().check()).toBeUndefined()
})

test('a pre-release is offered to a pre-release', async () => {
  feed.publish('0.3.0-beta.2', content)
  expect(await engine({ installed: '0.3.0-beta.1' }).check()).toMatchObject({ version: '0.3.0-beta.2' })
})

test('a manifest that another key signed is not read', async () => {
  const manifest = feed.publish('0.2.1', content)
  const stranger = await UpdateFeed.start(certificates)
  feed.put('latest-linux.yml.sig', stranger.signatureOf(Buffer.from(manifest)))
  await stranger.stop()
  await expect(engine().check()).rejects.toThrow(/not signed by the key in your settings/)
})

test('a manifest that was changed by one letter is not read', async () => {
  const manifest = feed.publish('0.2.1', content)
  feed.put('latest-linux.yml', manifest.replace('0.2.1', '0.9.9'))
  await expect(engine().check()).rejects.toThrow(/or it was changed/)
})

test('a manifest that ends early is not read, signed or not', async () => {
  const manifest = feed.publish('0.2.1', content)
  feed.put('latest-linux.yml', manifest.slice(0, 40))
  await expect(engine().check()).rejects.toThrow(/or it was changed/)
  feed.putSigned(manifest.slice(0, 40))
  await expect(engine().check()).rejects.toThrow(/does not understand latest-linux\.yml/)
})

test('an error page is no signature, and a missing one is named', async () => {
  feed.publish('0.2.1', content)
  feed.put('latest-linux.yml.sig', '<html>Sign in</html>')
  await expect(engine().check()).rejects.toThrow(/latest-linux\.yml\.sig of the feed is no signature/)
  feed.remove('latest-linux.yml.sig')
  await expect(engine().check()).rejects.toThrow('The feed has no latest-linux.yml.sig.')
  feed.remove('latest-linux.yml')
  await expect(engine().check()).rejects.toThrow('The feed has no latest-linux.yml.')
})

test('a huge manifest is not read to its end', async () => {
  feed.publish('0.2.1', content)
  let sent = 0
  feed.answer('latest-linux.yml', (response) => {
    const more = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536, '#'))) sent += 65_536
    }
    response.on('drain', more)
    more()
  })
  await expect(engine().check()).rejects.toThrow(/larger than 256 KB/)
  expect(sent).toBeLessThan(40 * manifestLimit)
})

test('YAML that grows by its aliases is not read', async () => {
  const lines = ['a: &a [x,x,x,x,x,x,x,x,x]']
  for (let i = 0; i < 12; i++)
    lines.push(
      `k${i}: &k${i} [${Array(9)
        .fill(`*${i === 0 ? 'a' : `k${i - 1}`}`)
        .join(',')}]`,
    )
  feed.putSigned(lines.join('\n'))
  await expect(engine().check()).rejects.toThrow(/does not understand/)
})

test('a manifest cannot name a file outside of its folder', async () => {
  const manifest = feed.publish('0.2.1', content)
  feed.putSigned(manifest.replaceAll('remo_0.2.1_amd64.deb', '../../other/remo.deb'))
  await expect(engine().check()).rejects.toThrow(/does not understand/)
})

test('a file with another content is deleted', async () => {
  feed.publish('0.2.1', content)
  feed.put('remo_0.2.1_amd64.deb', Buffer.alloc(content.byteLength, 'changed'))
  const updater = engine()
  await updater.check()
  await expect(updater.download(() => undefined)).rejects.toThrow(/is not the file that was signed/)
  expect(await downloads()).toEqual([])
})

test('a file that is longer or shorter is deleted', async () => {
  feed.publish('0.2.1', content)
  const updater = engine()
  await updater.check()
  feed.put('remo_0.2.1_amd64.deb', Buffer.concat([content, Buffer.from('more')]))
  await expect(updater.download(() => undefined)).rejects.toThrow(/larger than the manifest says/)
  feed.put('remo_0.2.1_amd64.deb', content.subarray(0, 1000))
  await expect(updater.download(() => undefined)).rejects.toThrow(/ended before its last byte/)
  expect(await downloads()).toEqual([])
})

test('nobody answers', async () => {
  const url = feed.url
  await feed.stop()
  await expect(engine({ url }).check()).rejects.toThrow(/cannot be read\. Nothing is listening at its address\./)
  feed = await UpdateFeed.start(certificates)
})

test('a server that is slow with the manifest is given up after the limit', async () => {
  feed.publish('0.2.1', content)
  feed.answer('latest-linux.yml', (response) => {
    const timer = setInterval(() => response.write('#'), 50)
    response.on('close', () => clearInterval(timer))
  })
  const limits = { ...patient, answerMs: 1500 }
  await expect(engine({ limits }).check()).rejects.toThrow('It did not answer within 1.5 s.')
})

test('a download that stands still is given up', async () => {
  feed.publish('0.2.1', content)
  const updater = engine({ limits: { ...patient, silenceMs: 700 } })
  await updater.check()
  feed.answer('remo_0.2.1_amd64.deb', (response) => void response.write(content.subarray(0, 1000)))
  await expect(updater.download(() => undefined)).rejects.toThrow('The feed has sent nothing for 0.7 s.')
})

test('a download that is slow is not given up', async () => {
  feed.publish('0.2.1', content)
  const silenceMs = 5000
  const updater = engine({ limits: { ...patient, silenceMs } })
  await updater.check()
  // Longer than the limit, in steps that are far shorter.
  feed.answer('remo_0.2.1_amd64.deb', (response) => {
    const beganAt = Date.now()
    let at = 0
    const timer = setInterval(() => {
      response.write(content.subarray(at, (at += 1000)))
      if (Date.now() - beganAt < silenceMs + 500) return
      clearInterval(timer)
      response.end(content.subarray(at))
    }, 100)
  })
  expect(await updater.download(() => undefined)).toMatch(/\.deb$/)
})

test('a canceled download leaves nothing, and can begin again', async () => {
  feed.publish('0.2.1', content)
  const updater = engine()
  await updater.check()
  feed.answer('remo_0.2.1_amd64.deb', (response) => void response.write(content.subarray(0, 1000)))
  expect(await updater.download(() => updater.cancel())).toBeUndefined()
  expect(await downloads()).toEqual([])
  feed.put('remo_0.2.1_amd64.deb', content)
  expect(await updater.download(() => undefined)).toMatch(/\.deb$/)
})

test('a redirect is not followed', async () => {
  feed.publish('0.2.1', content)
  feed.answer('latest-linux.yml', (response) => response.writeHead(302, { location: 'http://127.0.0.1:1/x' }).end())
  await expect(engine().check()).rejects.toThrow(/redirects to another address, which ReMo does not follow/)
})

test('a server of another authority is not trusted', async () => {
  feed.publish('0.2.1', content)
  await expect(engine({ ca: certificates.untrustedCa }).check()).rejects.toThrow(/does not trust its certificate/)
})

test('a feed without a package for this computer says so', async () => {
  feed.publish('0.2.1', content, { name: 'ReMo-0.2.1.AppImage' })
  await expect(engine().check()).rejects.toThrow('The feed has no package for this computer (deb, x64).')
})
