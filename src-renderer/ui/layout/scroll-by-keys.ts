import type { Attachment } from 'svelte/attachments'

/**
 * Makes an area a tab stop while its content does not fit, so that the arrow keys scroll it. For areas without a button
 * or link: these bring their own tab stop.
 */
export const scrollByKeys: Attachment<HTMLElement> = (area) => {
  const update = (): void => {
    if (area.scrollHeight > area.clientHeight || area.scrollWidth > area.clientWidth) area.tabIndex = 0
    else area.removeAttribute('tabindex')
  }
  const sizes = new ResizeObserver(update)
  const watch = (): void => {
    for (const element of [area, ...area.children]) sizes.observe(element)
  }
  const content = new MutationObserver(watch)
  watch()
  content.observe(area, { childList: true })
  return () => {
    sizes.disconnect()
    content.disconnect()
  }
}
