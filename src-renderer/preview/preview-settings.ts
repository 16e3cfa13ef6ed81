import type { SettingsView } from '#shared/ipc/app-views.ts'
import type { DoNotDisturbView } from '#shared/ipc/do-not-disturb-view.ts'
import type { AppInfo } from '#shared/ipc/contract.ts'
import { initialQuietHours } from '#shared/do-not-disturb/quiet-hours.ts'
import { appSettings, isFixed, type SettingValues } from '#shared/settings/app-settings.ts'
import type { FixedSettings } from '#shared/settings/effective-settings.ts'
import { aSettingsView } from '../bridge/bridge-builders.ts'
import type { PreviewUpdatesOptions } from './preview-updates.ts'
import { doNotDisturbReplies, type PreviewPauseOptions } from './preview-do-not-disturb.ts'
import { failureReply, okReply, type FakeBridge } from '../bridge/fake-bridge.ts'

export interface PreviewSettingsOptions extends PreviewPauseOptions {
  /**
   * `fixed`: variables and flags fix some. `broken`: the file has wrong values, and the desktop has no tray. `mine`: only
   * some nodes notify, names are hidden, and sounds repeat from a file of one's own. `compact`: rows are low.
   */
  readonly settings: 'usual' | 'fixed' | 'broken' | 'mine' | 'compact'
  readonly theme: AppInfo['theme']
}

interface Pushes {
  readonly settings: (view: SettingsView) => void
  readonly theme: (theme: AppInfo['theme']) => void
  readonly doNotDisturb: (view: DoNotDisturbView) => void
}

const fixedByStart: FixedSettings = {
  'appearance.timeZone': { value: 'local', source: { kind: 'variable', name: 'REMO_TIME_ZONE' } },
  'startup.hidden': { value: true, source: { kind: 'flag', name: '--hidden' } },
  'notifications.myNodes': {
    value: [{ kind: 'group', prefix: 'node' }],
    source: { kind: 'variable', name: 'REMO_MY_NODES' },
  },
  'sound.volume': { value: 40, source: { kind: 'variable', name: 'REMO_SOUND_VOLUME' } },
  'data.keepDays': { value: 30, source: { kind: 'variable', name: 'REMO_KEEP_DAYS' } },
}

const narrowed: Partial<SettingValues> = {
  'notifications.warning': true,
  'notifications.nodes': 'mine',
  'notifications.myNodes': [
    { kind: 'node', nodeId: 'node-2' },
    { kind: 'node', nodeId: 'db-gone' },
    { kind: 'group', prefix: 'web' },
    { kind: 'pattern', pattern: 'node-(3|4)' },
  ],
  'notifications.hideDetails': true,
  'sound.repeat': 'repeat',
  'sound.file': '/home/anna/Sounds/pager.ogg',
}

/** The settings of the simulated console. A change holds at once, as in the real one. */
export function settingsReplies(
  { settings, theme, updates, pause }: PreviewSettingsOptions & PreviewUpdatesOptions,
  push: Pushes,
): FakeBridge['replies'] {
  let file: Partial<SettingValues> = {
    ...(settings === 'usual' ? {} : { 'appearance.density': settings === 'compact' ? 'compact' : 'comfortable' }),
    ...(settings === 'mine' ? narrowed : {}),
    ...(updates === 'none' || updates === 'news' || updates === 'source'
      ? {}
      : { 'updates.feed': 'https://updates.example.org/remo/' }),
    ...(pause === 'quiet' ? { 'notifications.quietHours': { ...initialQuietHours, on: true } } : {}),
  }
  const view = (): SettingsView => viewOf(settings, file)
  const changed = (): ReturnType<typeof okReply<SettingsView>> => {
    const { values } = view()
    push.settings(view())
    push.theme(values['appearance.theme'] === 'system' ? theme : values['appearance.theme'])
    return okReply(view())
  }
  return {
    'settings.get': () => okReply(view()),
    'settings.set': ({ key, value }) => {
      const source = view().sources[key]
      if (source && isFixed(source) && 'name' in source)
        return failureReply('conflict', `${source.name} fixes this setting. Change or remove it, and restart ReMo.`)
      const parsed = appSettings[key].schema.safeParse(value)
      if (!parsed.success) return failureReply('bad-request', `${parsed.error.issues[0]?.message ?? 'Wrong value'}.`)
      file = { ...file, [key]: parsed.data }
      return changed()
    },
    'settings.reset': ({ group }) => {
      file = Object.fromEntries(Object.entries(file).filter(([key]) => !key.startsWith(`${group}.`)))
      return changed()
    },
    ...doNotDisturbReplies(pause, () => view().values, push.doNotDisturb),
    'settings.openFile': () => okReply({}),
    'notifications.test': () =>
      settings === 'broken'
        ? okReply({ shown: false, problem: 'No program on this desktop shows notifications.' })
        : okReply({ shown: true }),
    'sound.test': () =>
      view().values['sound.volume'] === 0
        ? okReply({ played: false, problem: 'The volume is 0 %.' })
        : okReply({ played: true }),
    'sound.chooseFile': () => okReply({ file: '/home/anna/Sounds/pager.ogg' }),
  }
}

function viewOf(settings: PreviewSettingsOptions['settings'], file: Partial<SettingValues>): SettingsView {
  const system = { ...aSettingsView().system, hour12: true }
  if (settings !== 'broken')
    return aSettingsView(file, { system, ...(settings === 'fixed' ? { fixed: fixedByStart } : {}) })
  return aSettingsView(file, {
    problems: ['appearance.palette: expected "standard" or "color-blind", got "loud".'],
    system: {
      ...system,
      hasTray: false,
      reducesMotion: true,
      notifies: false,
      soundProblem: 'There is no file /home/anna/Sounds/pager.ogg. ReMo plays its own sounds.',
      desktop: { hasButtons: false, knowsLock: false, problem: 'No program on this desktop shows notifications.' },
      loginProblem: 'ReMo cannot write /home/anna/.config/autostart.',
    },
  })
}
