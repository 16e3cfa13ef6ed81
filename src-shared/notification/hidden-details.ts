import type { SettingValues } from '../settings/app-settings.ts'
import type { HiddenDetails } from './notification-plan.ts'

/** What others can read of the screen. */
export interface ScreenFacts {
  readonly isLocked: boolean
  /** The desktop holds popups back, as KDE does while it shares its screen. */
  readonly isInhibited: boolean
}

/** Why popups must not say names and values now; `undefined`: they may. */
export function hiddenDetails(
  values: Pick<SettingValues, 'notifications.hideWhenLocked' | 'notifications.hideDetails'>,
  { isLocked, isInhibited }: ScreenFacts,
): HiddenDetails | undefined {
  if (values['notifications.hideWhenLocked'] && isLocked) return 'locked'
  return values['notifications.hideDetails'] || isInhibited ? 'shared' : undefined
}

/** How somebody gets to what a popup hides. */
export function howToSee(hidden: HiddenDetails): string {
  return hidden === 'locked' ? 'Unlock' : 'Open ReMo'
}
