import { z } from 'zod'
import { keepChoice, readKept } from '../../ui/lists/kept-choice.ts'

const key = 'metrics.pins'
const keptSchema = z.array(z.object({ name: z.string().min(1), node: z.string().optional() })).max(1000)
type Pin = z.infer<typeof keptSchema>[number]

/** For which nodes a series is pinned. */
export type PinScope = 'all' | 'node' | 'none'

/** The pinned series of this window, in the order in which they were pinned. They stay for its next start. */
export class SeriesPins {
  #pins = $state.raw<readonly Pin[]>(readPins())

  scopeOf(name: string, nodeId: string): PinScope {
    const own = this.#pins.filter((pin) => pin.name === name)
    if (own.some(({ node }) => node === undefined)) return 'all'
    return own.some(({ node }) => node === nodeId) ? 'node' : 'none'
  }

  /** Names that are pinned for this node. */
  namesOf(nodeId: string): readonly string[] {
    const own = this.#pins.filter(({ node }) => node === undefined || node === nodeId)
    return [...new Set(own.map(({ name }) => name))]
  }

  /** Not pinned, for all nodes, for this node only, and again not pinned. @returns for which it is pinned now */
  toggle(name: string, nodeId: string): PinScope {
    const scope = this.scopeOf(name, nodeId)
    if (scope === 'none') this.#pins = [...this.#pins, { name }]
    if (scope === 'all')
      this.#pins = this.#pins.map((pin) => (pin.name === name && pin.node === undefined ? { name, node: nodeId } : pin))
    if (scope === 'node') this.#pins = this.#pins.filter((pin) => pin.name !== name || pin.node !== nodeId)
    keepChoice(key, JSON.stringify(this.#pins))
    return this.scopeOf(name, nodeId)
  }
}

function readPins(): readonly Pin[] {
  try {
    return keptSchema.parse(JSON.parse(readKept(key) ?? '[]'))
  } catch {
    return []
  }
}
