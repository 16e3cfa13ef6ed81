import { isAcknowledged } from '#shared/alert/acknowledgement.ts'
import type { Alert } from '#shared/alert/alert.ts'
import { countedAlerts } from '#shared/alert/inhibit.ts'
import { toLookAt } from '#shared/health/to-look-at.ts'
import { isWithdrawn } from '#shared/team/merge-alert.ts'
import type { AppInfo, HealthReport, IpcResult } from '#shared/ipc/contract.ts'
import type { Rule } from '#shared/rule/rule.ts'
import { ruleIndex } from '#shared/rule/rule-index.ts'
import type { Bridge } from '../bridge/bridge.ts'
import { Clock } from './clock.svelte.ts'
import { followFrames } from './frames/live-feed.ts'
import { LiveStore } from './frames/live-store.svelte.ts'
import { windowLagMs } from './frames/window-lag.ts'
import { MirroredList } from './mirrored-list.svelte.ts'
import { PageDoNotDisturb } from './page-do-not-disturb.svelte.ts'
import { PageConnections } from './page-connections.svelte.ts'
import { HeldList } from './held-list.svelte.ts'
import { PendingList } from './pending-list.svelte.ts'
import { PageSession } from './page-session.svelte.ts'
import { PageToasts } from './page-toasts.svelte.ts'
import { PageUnseen } from './page-unseen.svelte.ts'
import { PageUpdates } from './page-updates.svelte.ts'
import { PageSettings } from './page-settings.svelte.ts'
import { SilenceList } from './silence-list.svelte.ts'
import { RecentAcknowledgements } from './recent-acknowledgements.svelte.ts'
import { retryUntilOk } from './retry-until-ok.ts'

/** How long resolved alerts stay: charts show them as bands. */
const keepResolvedMs = 7 * 86_400_000

/** Both halves of the list. If one call fails, both do. */
async function openAndResolved(bridge: Bridge): Promise<IpcResult<readonly Alert[]>> {
  const [open, resolved] = await Promise.all([
    bridge['alerts.list']({ open: true }),
    bridge['alerts.list']({ open: false }),
  ])
  if (!open.ok) return open
  return resolved.ok ? { ok: true, value: [...resolved.value, ...open.value] } : resolved
}

/** The state of the window, updated from the bridge while the window lives. */
export class AppState {
  readonly bridge: Bridge
  readonly clock: Clock
  readonly store: LiveStore
  readonly alerts: MirroredList<Alert>
  /** Breaches that have not fired yet. `pendingSentence(item, app.asOf, unit)` is their text. */
  readonly pending: PendingList
  /** Alerts whose values are clear, but not for the hold of their rules yet. */
  readonly held: HeldList
  /** With the decision whether an alert is silenced now. */
  readonly silences: SilenceList
  /** What this window acknowledged in the last seconds. */
  readonly acknowledged: RecentAcknowledgements
  /** Which alerts nobody has looked at here. */
  readonly unseen: PageUnseen
  readonly rules: MirroredList<Rule>
  readonly session: PageSession
  readonly settings: PageSettings
  readonly connections: PageConnections
  readonly updates: PageUpdates
  readonly doNotDisturb: PageDoNotDisturb
  /** Notifications that the operating system refused. */
  readonly toasts: PageToasts
  info = $state.raw<AppInfo>()
  report = $state.raw<HealthReport>()
  theme = $state<AppInfo['theme']>('dark')
  readonly #alertIds = $derived.by(() => new Set(this.alerts.items.map(({ id }) => id)))
  readonly ruleIndex = $derived.by(() => ruleIndex(this.rules.items))

  constructor(bridge: Bridge, clock = new Clock(), store = new LiveStore()) {
    this.bridge = bridge
    this.clock = clock
    this.store = store
    this.session = new PageSession(bridge)
    this.settings = new PageSettings(bridge)
    this.connections = new PageConnections(bridge)
    this.updates = new PageUpdates(bridge)
    this.doNotDisturb = new PageDoNotDisturb(bridge, clock)
    this.toasts = new PageToasts(bridge)
    this.alerts = new MirroredList<Alert>({
      list: () => openAndResolved(bridge),
      changes: (listener) => bridge.on('alerts.changed', listener),
      gone: (alert) =>
        isWithdrawn(alert) || (alert.resolvedAt !== undefined && Date.now() - alert.resolvedAt > keepResolvedMs),
    })
    this.pending = new PendingList(bridge, (id) => this.#alertIds.has(id))
    this.held = new HeldList(bridge)
    this.unseen = new PageUnseen(bridge)
    this.silences = new SilenceList({ bridge, clock, alerts: () => this.alerts.items })
    const take = (alerts: readonly Alert[]): void => this.alerts.take(alerts)
    this.acknowledged = new RecentAcknowledgements({ bridge, clock, take })
    this.rules = new MirroredList<Rule>({
      list: () => bridge['rules.list']({}),
      changes: (listener) => bridge.on('rules.changed', listener),
      gone: ({ deleted }) => deleted,
    })
  }

  get health(): HealthReport['health'] | undefined {
    return this.report?.health
  }

  /** The version of the rule under which an alert last changed; `undefined` if it was edited or deleted since. */
  ruleOf({ ruleId, ruleVersion }: Alert): Rule | undefined {
    return this.ruleIndex.version({ id: ruleId, version: ruleVersion })
  }

  /** The firing alerts that count: neither inhibited nor silenced. */
  readonly counted: readonly Alert[] = $derived.by(() => countedAlerts(this.alerts.items, this.silences.isSilenced))

  /** Alerts that wait for somebody. */
  readonly unacknowledged: number = $derived.by(() => {
    const { now } = this.clock
    return this.counted.filter((alert) => !isAcknowledged(alert, now)).length
  })

  /** Alerts that wait for somebody, and those that nobody has looked at, also resolved ones. */
  readonly toLookAt: number = $derived.by(() => {
    const { counted, unseen, clock } = this
    return toLookAt({ alerts: counted, isSilenced: () => false, unseenIds: [...unseen.ids] }, clock.now)
  })

  /** No value on screen is current. */
  get blind(): boolean {
    return this.health?.kind === 'blind'
  }

  /** Nothing is configured, and no Kafka answers on this computer: the guide of the first run is shown. */
  get notSetUp(): boolean {
    return this.info?.connection.origin === 'unset' && this.blind && this.store.directory.nodes.length === 0
  }

  /** Event time of the newest sample on screen, epoch ms; `null` if there is none. Never ahead of now. */
  readonly newestAt: number | null = $derived.by(() => this.store.newestAt(this.clock.exact))

  /** How far this window is behind its engine, ms; 0 while it keeps up, and while the engine itself is blind. */
  readonly windowLagMs: number = $derived.by(() => {
    const { report } = this
    const { now } = this.clock
    if (report === undefined || (this.health?.kind !== 'live' && this.health?.kind !== 'catching-up')) return 0
    return windowLagMs({ now, reportAt: report.at, undrawnSince: this.store.undrawnSince })
  })

  /** The values on screen are current: the engine is live, and the window keeps up with it. */
  get current(): boolean {
    return this.health?.kind === 'live' && this.windowLagMs === 0
  }

  /**
   * The time of the values on screen: now while current; the newest sample while blind or behind. It decides whether a
   * node is stale: a node is not stale because the console did not read, or the window did not draw.
   */
  get asOf(): number {
    const { health } = this
    const { now } = this.clock
    if (health?.kind === 'blind') return this.#lastSampleAt ?? health.since
    if (health?.kind === 'catching-up') return now - Math.max(health.behindMs, this.windowLagMs)
    return now - this.windowLagMs
  }

  /** Newest event time that was read. Never ahead of now: a node's clock may be wrong. */
  get #lastSampleAt(): number | null {
    const last = this.report?.lastSampleAt ?? null
    return last !== null && last <= this.clock.now ? last : this.newestAt
  }

  /** Changes with the colors of the page: what is drawn on a canvas must be drawn again. */
  get look(): string {
    return `${this.theme} ${this.settings.values['appearance.palette']}`
  }

  /** @returns stops following */
  follow(): () => void {
    const { bridge } = this
    const stops = [
      bridge.on('theme.changed', (theme) => this.#useTheme(theme)),
      bridge.on('health.changed', (report) => this.#take(report)),
      retryUntilOk(
        () => bridge['app.info']({}),
        (info) => {
          this.info = info
          this.#useTheme(info.theme)
        },
      ),
      retryUntilOk(
        () => bridge['health.get']({}),
        (report) => {
          if (!this.report) this.#take(report)
        },
      ),
      this.alerts.follow(),
      this.pending.follow(),
      this.held.follow(),
      this.unseen.follow(),
      this.silences.follow(),
      this.rules.follow(),
      this.session.follow(),
      this.settings.follow(),
      this.connections.follow(),
      this.updates.follow(),
      this.doNotDisturb.follow(),
      this.toasts.follow(),
      followFrames(bridge, this.store),
    ]
    return () => {
      for (const stop of stops) stop()
    }
  }

  /** Reads again what the app says about itself: the connection has changed. */
  async readInfo(): Promise<void> {
    const reply = await this.bridge['app.info']({})
    if (reply.ok) this.info = reply.value
  }

  #take(report: HealthReport): void {
    this.report = report
    this.store.expect(report.frame)
  }

  #useTheme(theme: AppInfo['theme']): void {
    this.theme = theme
    if (typeof document !== 'undefined') document.documentElement.dataset['theme'] = theme
  }
}
