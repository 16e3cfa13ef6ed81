import { expect, test } from 'vitest'
import { anAbout } from '../../bridge/cache-builders.ts'
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
