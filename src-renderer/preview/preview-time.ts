/**
 * The time of the preview stands from now on: no countdown goes on, no offer ends, and what is due in a second or later
 * never comes.
 */
export function standStill(): void {
  const at = Date.now()
  Date.now = () => at
  const { setTimeout: start } = globalThis
  const startSoon = (run: () => void, ms = 0): number | undefined => (ms < 1000 ? Number(start(run, ms)) : undefined)
  Object.assign(globalThis, { setTimeout: startSoon })
}
