import { z } from 'zod'
import { nothing } from './fields.ts'

const tag = z.string().min(1).max(512)

/** A notification that the window shows, because the operating system refused it. */
export const Toast = z.strictObject({
  /** One toast a tag. */
  tag,
  title: z.string(),
  body: z.string(),
  urgency: z.enum(['critical', 'normal', 'low']),
  /** It stays until somebody closes it. */
  isSticky: z.boolean(),
  buttons: z.array(z.string()),
})
export type Toast = z.infer<typeof Toast>

/** What was pressed: one of its buttons, its text, or the cross. `timeout`: it was shown for long enough. */
const ToastAct = z.union([z.int().min(0).max(9), z.enum(['open', 'close', 'timeout'])])
export type ToastAct = z.infer<typeof ToastAct>

/** Calls about toasts. `toasts.changed` carries all of them. */
export const toastCalls = {
  /** Those that nobody has closed yet, oldest first. They wait for a window. */
  'toasts.list': { request: nothing, reply: z.array(Toast) },
  /** Removes the toast, if it is still there. */
  'toasts.act': { request: z.strictObject({ tag, act: ToastAct }), reply: nothing },
} satisfies Record<string, { request: z.ZodType; reply: z.ZodType }>
