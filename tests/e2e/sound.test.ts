import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import type { RemoApi } from '#shared/ipc/contract.ts'
import type { SoundKind } from '#shared/notification/sound-kind.ts'
import { breach, calm, hot, openWithNode, showNode } from '../support/node-steps.ts'
import type { RunningConsole } from '../support/running-console.ts'
import type { Speaker } from '../support/speaker.ts'
import { toneFile } from '../support/wav.ts'
import { addCpuThreshold } from '../support/window-steps.ts'
import { expect, test } from './fixtures.ts'

// What comes out of a real sound output, and what does not.

/** Pitches of the sounds of ReMo, Hz. */
const pitches = { critical: [880, 1174.66], warning: [659.26, 523.25], resolved: [392, 783.99] } as const

const set = (window: Page, key: string, value: unknown) =>
  window.evaluate(
    ([name, next]) =>
      (globalThis as unknown as { remo: RemoApi }).remo['settings.set']({ key: name, value: next } as never),
    [key, value] as const,
  )

async function play(window: Page, kind: SoundKind) {
  const reply = await window.evaluate(
    (one) => (globalThis as unknown as { remo: RemoApi }).remo['sound.test']({ kind: one }),
    kind,
  )
  expect(reply).toMatchObject({ ok: true })
  return reply.ok ? reply.value : undefined
}

const sounds = (console: RunningConsole, kind: SoundKind, result: string) =>
  console.metric('remo_sounds_total', `kind="${kind}",result="${result}"`)

/** Share of the pitches of one of ReMo's sounds. */
function shareOf(speaker: Speaker, kind: SoundKind): number {
  return pitches[kind].reduce((sum, pitch) => sum + speaker.shareOf(pitch), 0)
}

/** The hidden page of sounds. */
const crashPlayer = (console: RunningConsole) =>
  console.app.evaluate(({ webContents }) => {
    const player = webContents.getAllWebContents().find((contents) => contents.getURL().startsWith('app://player/'))
    player?.forcefullyCrashRenderer()
    return player !== undefined
  })

test('a critical alert is audible with no window, and again after the page that plays it crashed', async ({
  launch,
  producer,
  speaker,
}) => {
  const { env } = speaker
  const { console: setUp, window } = await openWithNode(() => launch({ env }), producer, 'sound-1')
  await showNode(window, producer, 'sound-2')
  await addCpuThreshold(window, 'sound-1')
  await addCpuThreshold(window, 'sound-2')
  await setUp.quit()
  expect(speaker.loudSeconds).toBe(0)

  const console = await launch({ env, dataDir: setUp.dataDir, args: ['--hidden'] })
  await expect.poll(() => console.metric('remo_kafka_connected')).toBe(1)
  const send = (nodeId: string) => producer.send({ nodeId, at: Date.now(), metrics: hot })
  await expect(async () => {
    await send('sound-1')
    expect(speaker.loudSeconds).toBeGreaterThan(0.5)
  }).toPass()
  await expect.poll(() => speaker.hasEnded).toBe(true)
  expect(shareOf(speaker, 'critical')).toBeGreaterThan(0.3)
  expect(await sounds(console, 'critical', 'played')).toBe(1)

  speaker.clear()
  expect(await crashPlayer(console)).toBe(true)
  await expect(async () => {
    await send('sound-2')
    expect(speaker.loudSeconds).toBeGreaterThan(0.5)
  }).toPass()
  expect(await sounds(console, 'critical', 'played')).toBe(2)
  expect(await sounds(console, 'critical', 'failed')).toBe(0)
})
