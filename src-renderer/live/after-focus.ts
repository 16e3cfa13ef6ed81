/**
 * Calls `run` once the window has had the focus for `ms` without a break: what is on a screen that nobody looks at is not
 * seen.
 * @returns stops waiting
 */
export function afterFocus(ms: number, run: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const wait = (): void => {
    clearTimeout(timer)
    timer = setTimeout(run, ms)
  }
  const cancel = (): void => clearTimeout(timer)
  if (document.hasFocus()) wait()
  window.addEventListener('focus', wait)
  window.addEventListener('blur', cancel)
  return () => {
    cancel()
    window.removeEventListener('focus', wait)
    window.removeEventListener('blur', cancel)
  }
}
