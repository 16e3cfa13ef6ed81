/** Returns after `ms`, or at once when the signal comes. Does not keep the process alive by itself where `idle` is set. */
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
