/** Returns after `ms`, or immediately when the signal comes. With `idle`, it does not keep the process alive. */
export function wait(
  ms: number,
  { signal, idle = false }: { signal?: AbortSignal; idle?: boolean } = {},
): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    if (idle) timer.unref()
    if (signal?.aborted) done()
    signal?.addEventListener('abort', done)
  })
}
