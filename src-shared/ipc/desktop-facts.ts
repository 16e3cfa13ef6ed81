import { z } from 'zod'

/** What ReMo knows about the notifications of this desktop. */
export const DesktopFacts = z.strictObject({
  /** Name and version of the program that shows them, as it says: `dunst 1.9.0`. Absent on macOS and Windows. */
  server: z.string().optional(),
  /** Notifications have buttons. Without them, a click opens the alert, and the tray menu acknowledges. */
  hasButtons: z.boolean(),
  /** ReMo learns when the screen is locked. */
  knowsLock: z.boolean(),
  /** Why nothing can be shown, one sentence. */
  problem: z.string().optional(),
})
export type DesktopFacts = z.infer<typeof DesktopFacts>
