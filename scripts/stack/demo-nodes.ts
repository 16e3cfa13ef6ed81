/** The four servers of the demo, the same natively and in compose.yaml. */
export interface DemoNode {
  id: string
  name: string
  topic: string
  /** Makes the simulated day of this server reproducible. */
  seed: number
}

export const demoNodes: readonly DemoNode[] = ['Server-Alpha', 'Server-Beta', 'Server-Gamma', 'Server-Delta'].map(
  (name, index) => ({ id: `node-${index + 1}`, name, topic: `metrics-node-${index + 1}`, seed: index + 1 }),
)

/** Seconds between two messages of a demo server: short enough that the charts move while one looks. */
export const demoInterval = 2
