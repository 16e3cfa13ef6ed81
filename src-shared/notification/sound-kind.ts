import { z } from 'zod'

/** What a sound is for. Each has its own, and its own setting (`sound.critical` …). */
export const SoundKind = z.enum(['critical', 'warning', 'resolved'])
export type SoundKind = z.infer<typeof SoundKind>

const ranks: Readonly<Record<SoundKind, number>> = { critical: 2, warning: 1, resolved: 0 }

/** Whether a sound that plays is more urgent than the next one. Of equals, the next one is played. */
export function outranks(playing: SoundKind, next: SoundKind): boolean {
  return ranks[playing] > ranks[next]
}
