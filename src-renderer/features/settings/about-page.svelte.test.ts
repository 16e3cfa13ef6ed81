import { expect, test } from 'vitest'
import { aLicenseText, anAbout } from '../../bridge/cache-builders.ts'
import { failureReply, FakeBridge, okReply } from '../../bridge/fake-bridge.ts'
import { AboutPage } from './about-page.svelte.ts'

test('the text for a report has the state of now, and copying says so', async () => {
  const copied: string[] = []
  const states = ['live', 'blind']
  const bridge = new FakeBridge({ 'app.about': () => okReply(anAbout({ report: `Health: ${states.shift() ?? ''}` })) })
  const page = new AboutPage(bridge.api, (text) => copied.push(text) > 0)
  const stop = page.follow()
  await Promise.resolve()
  await page.copyReport()
  expect(copied).toEqual(['Health: blind'])
  expect(page.result?.text).toMatch(/^Copied/)
  stop()
})

test('says what failed', async () => {
  const bridge = new FakeBridge({ 'app.openFolder': () => failureReply('failed', 'The system could not open it.') })
  const page = new AboutPage(bridge.api, () => false)
  await page.openFolder('data')
  expect(page.result).toEqual({ ok: false, text: 'The system could not open it.' })
  await page.copyReport()
  expect(page.result).toMatchObject({ ok: false })
})

test('shows the text of the library that was asked for last', async () => {
  const answers = new Map<string, (text: string) => void>()
  const bridge = new FakeBridge({
    'app.licenseText': ({ name }) =>
      new Promise((resolve) =>
        answers.set(name, (text) => resolve(okReply(aLicenseText({ texts: [{ title: 'LICENSE', text }] })))),
      ),
  })
  const page = new AboutPage(bridge.api, () => false)
  const [kafkajs, zod] = ['kafkajs', 'zod'].map((name) => ({ name, version: '1.0.0', license: 'MIT' }))
  if (!kafkajs || !zod) throw new Error('no libraries')
  const first = page.showLicense(kafkajs)
  const second = page.showLicense(zod)
  expect(page.license).toEqual({ library: zod })
  answers.get('zod')?.('text of zod')
  answers.get('kafkajs')?.('text of kafkajs')
  await Promise.all([first, second])
  expect(page.license).toMatchObject({ library: zod, reply: { texts: [{ text: 'text of zod' }] } })
  page.hideLicense()
  expect(page.license).toBeUndefined()
})

test('says why a text is missing', async () => {
  const bridge = new FakeBridge({ 'app.licenseText': () => failureReply('failed', 'ReMo cannot read this license.') })
  const page = new AboutPage(bridge.api, () => false)
  await page.showLicense({ name: 'Chromium', version: '1', license: 'MIT' })
  expect(page.license?.problem).toBe('ReMo cannot read this license.')
})
