import type { LiveFrame } from '#shared/ipc/live-frame.ts'
import type { Bridge } from '../../bridge/bridge.ts'
import type { LiveStore } from './live-store.svelte.ts'
import { retryUntilOk } from '../retry-until-ok.ts'

/**
 * Keeps the store in step with the main process. It listens first and then requests the snapshot, so that no frame is
 * lost. Frames that arrive before the snapshot wait for it. A wrong sequence number requests a new snapshot: a higher
 * one after a lost frame, a lower one after a restart of the data thread.
 * @returns stops listening
 */
export function followFrames(bridge: Bridge, store: LiveStore): () => void {
  let waiting: LiveFrame[] | null = null
  let stopAsking: () => void = () => undefined

  const resync = (first: LiveFrame[]): void => {
    waiting = first
    stopAsking = retryUntilOk(
      () => bridge['live.snapshot']({}),
      ({ directory, frame }) => {
        const held = waiting ?? []
        waiting = null
        store.reset(directory, frame)
        for (const early of held) if (early.seq > frame.seq) take(early)
      },
    )
  }
  const take = (frame: LiveFrame): void => {
    if (waiting) waiting.push(frame)
    else if (store.apply(frame) !== 'applied') resync([frame])
  }

  const off = bridge.on('live.frame', take)
  resync([])
  return () => {
    off()
    stopAsking()
  }
}
