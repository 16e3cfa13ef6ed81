import { expect, test } from 'vitest'
import { aSettingsView } from '../../bridge/bridge-builders.ts'
import { FakeBridge, okReply } from '../../bridge/fake-bridge.ts'
import { PageSettings } from '../../live/page-settings.svelte.ts'
import { QuietHoursForm } from './quiet-hours-form.svelte.ts'

test('days that are pressed before the first one is saved are all kept', async () => {
  const waiting: Array<() => void> = []
  const bridge = new FakeBridge({
    'settings.set': async ({ key, value }) => {
      await new Promise<void>((resolve) => waiting.push(resolve))
      return okReply(aSettingsView({ [key]: value }))
    },
  })
  const form = new QuietHoursForm(new PageSettings(bridge.api))
  expect(form.value.days).toEqual(['mon', 'tue', 'wed', 'thu', 'fri'])
  const pressed = (['tue', 'wed', 'sat'] as const).map((day) => form.toggle(day))
  for (const one of pressed) {
    await expect.poll(() => waiting.length).toBe(1)
    waiting.pop()?.()
    await one
  }
  expect(form.value.days).toEqual(['mon', 'thu', 'fri', 'sat'])
})
