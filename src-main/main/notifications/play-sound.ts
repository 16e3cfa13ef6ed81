import type { SoundKind } from '#shared/notification/sound-kind.ts'

/** The sounds of this console. Whether one may sound now is decided before: by `planNotifications`. */
export interface PlaySound {
  /** Plays it once, at the volume of the settings, in place of what plays. A more urgent one plays on instead. */
  readonly play: (kind: SoundKind) => void
  /** Silence, at once: nothing that it was for needs anybody any more. */
  readonly stop: () => void
}
