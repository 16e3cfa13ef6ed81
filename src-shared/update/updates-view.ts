import { z } from 'zod'

/** A version that the feed offers. */
export const UpdateOffer = z.strictObject({
  version: z.string(),
  /** Section of the changelog, Markdown. Untrusted as any text. */
  notes: z.string(),
  /** Of the package, bytes. */
  size: z.number(),
})
export type UpdateOffer = z.infer<typeof UpdateOffer>

/**
 * How a downloaded package gets installed. `password`: the system asks for one. `itself`: ReMo replaces itself while it
 * restarts. `command`: only the operator can, with this command; `why`: one sentence.
 */
export const InstallWay = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('password') }),
  z.strictObject({ kind: z.literal('itself') }),
  z.strictObject({ kind: z.literal('command'), command: z.string(), why: z.string() }),
])
export type InstallWay = z.infer<typeof InstallWay>

const offer = UpdateOffer
const file = z.string()

/**
 * - `idle`: nothing is offered. `checking`: `before` is shown again if the check fails.
 * - `available`, `downloading`, `ready`: one version, on its way to this computer.
 * - `installing`: the system installs it, and ReMo still runs. `installed`: it is the installed one after a restart.
 */
export const UpdatePhase = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('idle') }),
  z.strictObject({ kind: z.literal('checking') }),
  z.strictObject({ kind: z.literal('available'), offer }),
  /** `received`: bytes. */
  z.strictObject({ kind: z.literal('downloading'), offer, received: z.number() }),
  /** `onQuit`: the operator wants it installed when they quit. */
  z.strictObject({ kind: z.literal('ready'), offer, file, way: InstallWay, onQuit: z.boolean() }),
  z.strictObject({ kind: z.literal('installing'), offer, file }),
  z.strictObject({ kind: z.literal('installed'), offer }),
])
export type UpdatePhase = z.infer<typeof UpdatePhase>

/** What the page shows of updates. */
export const UpdatesView = z.strictObject({
  /** Version that runs. */
  installed: z.string(),
  /** `unsupported`: this ReMo cannot be updated by a feed; one sentence. */
  feed: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('none') }),
    z.strictObject({ kind: z.literal('set'), url: z.string() }),
    z.strictObject({ kind: z.literal('refused'), reason: z.string() }),
    z.strictObject({ kind: z.literal('unsupported'), reason: z.string() }),
  ]),
  phase: UpdatePhase,
  /** When the feed last answered, epoch ms. */
  checkedAt: z.number().nullable(),
  /** Why the last step failed, one or two sentences, and when. */
  problem: z.strictObject({ text: z.string(), at: z.number() }).nullable(),
})
export type UpdatesView = z.infer<typeof UpdatesView>

/** What is new in the version that runs: shown once after an upgrade, and in About. */
export const WhatsNew = z.strictObject({
  version: z.string(),
  /** Section of the changelog, Markdown; empty if it has none. */
  notes: z.string(),
  /** This version runs for the first time after another one, and the operator has not seen its notes. */
  isUnseen: z.boolean(),
})
export type WhatsNew = z.infer<typeof WhatsNew>
