/** What `document` says about the visibility of the page. */
export interface PageVisibility {
  readonly hidden: boolean
  addEventListener(type: 'visibilitychange', listener: () => void): void
  removeEventListener(type: 'visibilitychange', listener: () => void): void
}

/**
 * Calls `work` every `everyMs` while the page is visible, and at once when it becomes visible again. A hidden page has
 * nothing to draw, and its timers would wake the computer.
 * @returns stops it
 */
export function whileVisible(
  everyMs: number,
  work: () => void,
  page: PageVisibility | undefined = globalThis.document,
): () => void {
  let timer: ReturnType<typeof setInterval> | undefined
  const stop = (): void => {
    clearInterval(timer)
    timer = undefined
  }
  const run = (): void => {
    if (page?.hidden !== true) timer ??= setInterval(work, everyMs)
  }
  const follow = (): void => {
    stop()
    if (page?.hidden === true) return
    work()
    run()
  }
  run()
  page?.addEventListener('visibilitychange', follow)
  return () => {
    stop()
    page?.removeEventListener('visibilitychange', follow)
  }
}
