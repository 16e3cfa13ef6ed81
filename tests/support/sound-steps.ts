/** Steps with the sounds of a running console. */
import type { Page } from '@playwright/test'
import type { SettingKey } from '#shared/settings/app-settings.ts'
import type { IpcCall } from '#shared/ipc/channels.ts'
import type { IpcReply, IpcRequest, IpcResult } from '#shared/ipc/contract.ts'
import type { SoundKind } from '#shared/notification/sound-kind.ts'
import type { RunningConsole } from './running-console.ts'
import type { Speaker } from './speaker.ts'

/** Pitches of the sounds of ReMo, Hz. */
const pitches = { critical: [880, 1174.66], warning: [659.26, 523.25], resolved: [392, 783.99] } as const

/** A call of the page, as its own script makes it. */
export async function call<C extends IpcCall>(window: Page, name: C, request: IpcRequest<C>): Promise<IpcReply<C>> {
  const result = (await window.evaluate(
    ([channel, argument]) =>
      (globalThis as unknown as { remo: Record<string, (argument: unknown) => Promise<unknown>> }).remo[channel]?.(
        argument,
      ),
    [name as string, request as unknown] as const,
  )) as IpcResult<IpcReply<C>>
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}

export const set = (window: Page, key: SettingKey, value: boolean | number | string) =>
  call(window, 'settings.set', { key, value })

export const testSound = (window: Page, kind: SoundKind) => call(window, 'sound.test', { kind })

/** Number of sounds with this result since the start. */
export const sounds = (console: RunningConsole, kind: SoundKind, result: 'played' | 'fallback' | 'failed') =>
  console.metric('remo_sounds_total', `kind="${kind}",result="${result}"`)

/** Share of the two main pitches of one of ReMo's sounds in what was recorded, 0 to 1. */
export function shareOf(speaker: Speaker, kind: SoundKind): number {
  return pitches[kind].reduce((sum, pitch) => sum + speaker.shareOf(pitch), 0)
}

/** The hidden page that plays sounds crashes, if there is one. */
export const crashPlayer = (console: RunningConsole): Promise<boolean> =>
  console.app.evaluate(({ webContents }) => {
    const player = webContents.getAllWebContents().find((contents) => contents.getURL().startsWith('app://player/'))
    player?.forcefullyCrashRenderer()
    return player !== undefined
  })

/** Runs it in the page that plays sounds. */
export const inPlayer = (console: RunningConsole, script: string): Promise<unknown> =>
  console.app.evaluate(({ webContents }, code) => {
    const player = webContents.getAllWebContents().find((contents) => contents.getURL().startsWith('app://player/'))
    if (!player) throw new Error('no page plays sounds')
    return player.executeJavaScript(code) as Promise<unknown>
  }, script)
