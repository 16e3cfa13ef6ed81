/**
 * Puts text into the clipboard. By the `copy` command: the permission for `navigator.clipboard` is refused to the page,
 * as all permissions are. Must be called by a click or key.
 * @returns whether it was copied
 */
export function copyText(text: string): boolean {
  let isCopied = false
  const put = (event: ClipboardEvent): void => {
    event.clipboardData?.setData('text/plain', text)
    event.preventDefault()
    event.stopImmediatePropagation()
    isCopied = true
  }
  document.addEventListener('copy', put, { capture: true, once: true })
  document.execCommand('copy')
  document.removeEventListener('copy', put, { capture: true })
  return isCopied
}
