import type { SoundKind } from '#shared/notification/sound-kind.ts'
import type { SettingValues } from '#shared/settings/app-settings.ts'

/** What the switch of a sound does now. A sound never comes without its popup. */
export function soundHint(kind: SoundKind, values: SettingValues): string {
  const on = values[`sound.${kind}`]
  if (kind === 'resolved') {
    if (!on) return 'The end of an alert is silent.'
    return values['notifications.resolved'] === 'off'
      ? 'Silent, because the end of an alert shows no notification.'
      : 'With the notification that an alert has ended.'
  }
  const name = kind === 'critical' ? 'Critical alerts' : 'Warnings'
  if (!on) return `${name} are silent.`
  return values[`notifications.${kind}`]
    ? 'With its notification, also while the window is closed.'
    : `Silent, because ${name.toLowerCase()} do not pop up.`
}

/** What never sounds, with these settings. */
export function neverHeard(values: SettingValues): readonly string[] {
  return [
    'An alert that is acknowledged or silenced, or whose node is offline as a whole.',
    values['notifications.nodes'] === 'mine'
      ? 'An alert of a node that is not yours.'
      : 'An alert of a node that is not yours, once only my nodes notify.',
    'What does not pop up: a severity that is off in Notifications.',
    values['notifications.criticalBreaksThrough']
      ? 'Anything during do not disturb, except what is critical.'
      : 'Anything during do not disturb.',
    'An update of a notification. A storm sounds once, then only with a reminder.',
  ]
}

/** Last part of a path, of any system. */
export function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path
}
