import { z } from 'zod'

/** What a sound is for. Each has its own, and its own setting (`sound.critical` …). */
export const SoundKind = z.enum(['critical', 'warning', 'resolved'])
export type SoundKind = z.infer<typeof SoundKind>
