import { minuteMs, secondMs } from '../format/time-units.ts'
import type { SettingValues } from '../settings/app-settings.ts'
import { compileMyNodes } from './my-nodes.ts'
import type { SoundKind } from './sound-kind.ts'

/** The settings that plans depend on, in the units of the planner. */
export interface PlanSettings {
  /** Whether alerts of this severity pop up. */
  readonly popsUp: Readonly<Record<'critical' | 'warning', boolean>>
  readonly resolved: 'off' | 'critical' | 'all'
  /** Whether alerts of this node pop up and sound. */
  readonly isMine: (nodeId: string) => boolean
  /** How long alerts of one group are collected before their first popup, ms. */
  readonly waitMs: Readonly<Record<'critical' | 'warning', number>>
  /** 0: no reminders. */
  readonly reminderMs: number
  readonly sounds: Readonly<Record<SoundKind, boolean>>
  /** The sound of a firing alert comes again until somebody has seen or acknowledged it. */
  readonly repeatsSound: boolean
}

/** Compile them once per change: patterns of nodes are expensive. */
export function planSettings(values: SettingValues): PlanSettings {
  const isAll = values['notifications.nodes'] === 'all'
  return {
    popsUp: { critical: values['notifications.critical'], warning: values['notifications.warning'] },
    resolved: values['notifications.resolved'],
    isMine: isAll ? () => true : compileMyNodes(values['notifications.myNodes']),
    waitMs: {
      critical: values['notifications.criticalWaitSeconds'] * secondMs,
      warning: values['notifications.warningWaitSeconds'] * secondMs,
    },
    reminderMs: values['notifications.reminderMinutes'] * minuteMs,
    sounds: {
      critical: values['sound.critical'],
      warning: values['sound.warning'],
      resolved: values['sound.resolved'],
    },
    repeatsSound: values['sound.repeat'] === 'repeat',
  }
}
