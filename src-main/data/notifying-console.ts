import { aBatch, aMessage, TestEngine } from './test-engine.ts'

const t0 = 1_764_000_000_000
const topic = 'metrics-node-1'

/**
 * An engine, and a main thread that shows all that is queued, in the order of the calls of the real one. Record k fires
 * the rule if k is odd, and clears it if k is even.
 */
export class NotifyingConsole {
  readonly fixture: TestEngine

  constructor(dir: string) {
    this.fixture = new TestEngine({ dir, now: t0 - 3_600_000 })
    // The clock goes on where the last run ended: what is shown now comes after what was shown then.
    const { next = 0 } = this.fixture.store.position(topic, 0) ?? {}
    if (next > 0) this.fixture.now = t0 + next * 1000
    if (this.fixture.call('rules.list', {}).length > 0) return
    this.fixture.call('rules.save', {
      draft: {
        scope: { kind: 'all' },
        metric: 'cpu_usage',
        condition: 'greater',
        warning: 85,
        critical: 95,
        clear: 75,
        forSeconds: 0,
        enabled: true,
      },
    })
  }

  /** The next record. */
  read(): void {
    const { engine, store } = this.fixture
    const k = store.position(topic, 0)?.next ?? 0
    const at = (this.fixture.now = t0 + k * 1000)
    const record = aMessage({ node: 'node-1', at, metrics: { cpu_usage: k % 2 === 1 ? 97 : 60 } })
    void engine.handlers.batches(aBatch([record], at, { from: k }))
  }

  /** Shows what is queued: a popup of what fires, and the end of what was shown before. */
  show(): void {
    const { fixture } = this
    for (const { alert, transition, wasShown } of fixture.store.alerts.queuedNotifications()) {
      const shown = alert.phase === 'firing' || (transition === 'resolved' && wasShown)
      const as = transition === 'resolved' ? 'resolved' : 'popup'
      fixture.call('notifications.settle', { shown, as, items: [{ alertId: alert.id, transition }] })
    }
  }
}
