import type { Attachment } from 'svelte/attachments'

/** Milliseconds. The second of two quick presses, and a key that is held down, come sooner. */
const pressedTwiceMs = 600

/**
 * Enter on a button, or in a form or dialog, acts; the focus then goes to the list, where Enter opens. This list ignores
 * the Enter that follows so soon that it was meant for the act. What counts is when the keys were pressed, so a slow
 * window makes no difference.
 */
export const ignoreSpentEnter: Attachment<HTMLElement> = (list) => {
  let actedAt = -Infinity

  function onkeydown(event: KeyboardEvent): void {
    if (event.key !== 'Enter' || !(event.target instanceof Element)) return
    if (event.target.closest('form, dialog, button')) actedAt = event.timeStamp
    else if (list.contains(event.target) && event.timeStamp - actedAt < pressedTwiceMs) {
      actedAt = event.timeStamp // a key that is held down goes on
      event.preventDefault()
      event.stopPropagation()
    }
  }
  window.addEventListener('keydown', onkeydown, { capture: true })
  return () => window.removeEventListener('keydown', onkeydown, { capture: true })
}
