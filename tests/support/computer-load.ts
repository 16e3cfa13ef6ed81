import { setTimeout as delay } from 'node:timers/promises'
import { currentLoad, mem } from 'systeminformation'
import { meanOver, type Series } from './stored-series.ts'

/** `systeminformation` gives the same answer twice within 200 ms. */
const everyMs = 250

interface Sample {
  /** Epoch ms. */
  readonly at: number
  /** Share of CPU time since the sample before that was not idle. */
  readonly load: number
  /** Percent of memory that is not available. */
  readonly memory: number
}

/**
 * What `systeminformation` says of this computer while it is watched. It is asked often: a program that measures once a
 * second begins and ends at times of its own, and a load that jumps would make a mean over other times differ.
 */
export class ComputerLoad {
  readonly #samples: Sample[] = []
  #isStopped = false
  #loop: Promise<void> | undefined

  static async watch(): Promise<ComputerLoad> {
    const watch = new ComputerLoad()
    await currentLoad()
    watch.#loop = watch.#run()
    return watch
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#loop
  }

  /** The samples of a series, without those before the first look and after the last one. */
  beside({ at, values }: Series): Series {
    const [from, to] = [this.#samples[0]?.at ?? Infinity, this.#samples.at(-1)?.at ?? -Infinity]
    const kept = at.flatMap((time, i) => (time >= from && time <= to ? [i] : []))
    return { at: kept.map((i) => at[i] as number), values: kept.map((i) => values[i] as number) }
  }

  /**
   * Percent of CPU time that was not idle from `from` to `to` (epoch ms).
   *
   * @param leftOut percent of the time that waited for disks or was taken by others: `systeminformation` leaves it out
   */
  cpu(from: number, to: number, leftOut: number): number {
    const at = this.#samples.map((sample) => sample.at)
    const busy = meanOver({ at, values: this.#samples.map((sample) => sample.load) }, from, to)
    return busy * (100 - leftOut) + leftOut
  }

  /** Percent of memory in use, at the look nearest to `time` (epoch ms). */
  memory(time: number): number {
    const distance = (sample: Sample): number => Math.abs(sample.at - time)
    return this.#samples.reduce((nearest, one) => (distance(one) < distance(nearest) ? one : nearest)).memory
  }

  async #run(): Promise<void> {
    do {
      await delay(everyMs)
      const load = await currentLoad()
      const { total, available } = await mem()
      // The time that others took is counted in another unit than the rest.
      const busy = load.rawCurrentLoad - load.rawCurrentLoadSteal - load.rawCurrentLoadGuest
      this.#samples.push({
        at: Date.now(),
        load: busy / (busy + load.rawCurrentLoadIdle),
        memory: (100 * (total - available)) / total,
      })
    } while (!this.#isStopped)
  }
}
