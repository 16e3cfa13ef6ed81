import { untrack } from 'svelte'
import { Clock } from './clock.svelte.ts'

/** A clock that tests set. Test builder. */
export class TestClock extends Clock {
  /** Epoch ms. */
  at = $state(0)

  constructor(at: number) {
    super()
    this.at = at
  }

  override get now(): number {
    return this.at
  }

  override get exact(): number {
    return this.at
  }

  override get untracked(): number {
    return untrack(() => this.at)
  }
}
