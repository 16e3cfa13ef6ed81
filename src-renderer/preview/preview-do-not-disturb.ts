import { activePause, canExtend, ended, extended, withChoice } from '#shared/do-not-disturb/do-not-disturb.ts'
import type { DoNotDisturbState } from '#shared/do-not-disturb/do-not-disturb.ts'
import { nextQuietAt, type QuietSchedule } from '#shared/do-not-disturb/quiet-hours.ts'
import type { DoNotDisturbView } from '#shared/ipc/do-not-disturb-view.ts'
import type { SettingValues } from '#shared/settings/app-settings.ts'
import { okReply, type FakeBridge } from '../bridge/fake-bridge.ts'

export interface PreviewPauseOptions {
  /** `on`: an hour began 18 minutes ago. `quiet`: with quiet hours in the week. */
  readonly pause: 'off' | 'on' | 'quiet'
}

const local = (at: number): number => -new Date(at).getTimezoneOffset()

/** Do not disturb of the simulated console. */
export function doNotDisturbReplies(
  pause: PreviewPauseOptions['pause'],
  settings: () => SettingValues,
  push: (view: DoNotDisturbView) => void,
): FakeBridge['replies'] {
  const start = Date.now() - 18 * 60_000
  let state: DoNotDisturbState = pause === 'on' ? withChoice({}, '1h', { now: start, offsetAt: local }) : {}
  const schedule = (): QuietSchedule => ({ hours: settings()['notifications.quietHours'], offsetAt: local })
  const view = (): DoNotDisturbView => {
    const now = Date.now()
    const active = activePause(state, schedule(), now)
    const next = nextQuietAt(schedule(), now)
    return {
      ...(active ? { active: { ...active, canExtend: canExtend(active, now) } } : {}),
      ...(next === undefined ? {} : { nextQuietAt: next }),
      held: { critical: 0, warning: active ? 3 : 0, blind: 0 },
    }
  }
  setInterval(() => push(view()), 1000)
  return {
    'doNotDisturb.get': () => okReply(view()),
    'doNotDisturb.request': ({ request }) => {
      const now = Date.now()
      const active = activePause(state, schedule(), now)
      if (request === 'off') state = ended(state, schedule(), now)
      else if (request !== 'extend') state = withChoice(state, request, { now, offsetAt: local })
      else if (active) state = extended(state, active, now)
      return okReply(view())
    },
  }
}
