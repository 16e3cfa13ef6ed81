import { formatDuration } from '#shared/format/duration.ts'
import { catchingUpText } from '#shared/health/health-text.ts'
import { signedOutBecause, unreachableText } from '../features/session/session-text.ts'
import type { AppState } from '../live/app-state.svelte.ts'
import { clockTimeOrDate } from '../live/local-time.ts'

/** A fact to know before reading values. */
export interface PageNotice {
  readonly id: string
  readonly look: 'plain' | 'blind' | 'info' | 'warning' | 'critical'
  readonly icon: 'blind' | 'catching-up' | 'demo' | 'info' | 'password' | 'problem' | 'unreachable' | 'signed-out'
  /** Stressed, before the text. */
  readonly lead?: string
  readonly text: string
  readonly detail?: string
  readonly actions: ReadonlyArray<{ readonly label: string; readonly run: () => void }>
  readonly dismiss?: () => void
}

/** What a notice leads to. */
export interface NoticeTargets {
  /** Shows the operator's changes. */
  readonly actions: () => void
  /** Opens the form of a new connection. */
  readonly connect: () => void
  /** Asks for the password of the connection in use. */
  readonly unlock: () => void
  /** Shows what is new in this version. */
  readonly whatsNew: () => void
}

/** The chip says it from 4 s on. A line that comes and goes would be restless. */
const lagNoticeMs = 15_000
const rank: Record<PageNotice['look'], number> = { blind: 0, critical: 1, warning: 2, info: 3, plain: 4 }

/** All current notices, the most important first. */
export class PageNotices {
  readonly #app: AppState
  readonly #targets: NoticeTargets

  constructor(app: AppState, targets: NoticeTargets) {
    this.#app = app
    this.#targets = targets
  }

  readonly list: readonly PageNotice[] = $derived.by(() =>
    [
      ...this.#connection(),
      ...this.#reading(),
      ...(this.#app.report?.notices ?? []).map(({ id, severity, text }) => ({
        id,
        look: severity,
        icon: severity === 'info' ? ('info' as const) : ('problem' as const),
        text,
        actions: [],
      })),
      ...this.#backend(),
      ...this.#changes(),
      ...this.#settings(),
      ...this.#version(),
    ].toSorted((a, b) => rank[a.look] - rank[b.look]),
  )

  readonly #retry = { label: 'Retry now', run: () => void this.#app.bridge['stream.reconnect']({}) }

  #connection(): PageNotice[] {
    const { info, bridge } = this.#app
    if (info?.connection.origin === 'demo') {
      const leave = (): void => void bridge['demo.leave']({})
      return [
        {
          id: 'demo',
          look: 'info',
          icon: 'demo',
          lead: 'Demo.',
          text: 'These servers are simulated inside ReMo. Nothing here is real.',
          actions: [
            { label: 'Leave the demo', run: leave },
            { label: 'Connect your Kafka', run: this.#targets.connect },
          ],
        },
      ]
    }
    if (!info?.connection.needsPassword) return []
    return [
      {
        id: 'password',
        look: 'critical',
        icon: 'password',
        lead: 'Password required.',
        text: `ReMo reads nothing from ${info.connection.name} until it has the password.`,
        actions: [{ label: 'Enter the password', run: this.#targets.unlock }],
      },
    ]
  }

  /** Whether values arrive. */
  #reading(): PageNotice[] {
    const { health, clock, asOf, windowLagMs, store } = this.#app
    const at = clockTimeOrDate(asOf, clock.now)
    const notice = { id: 'reading', actions: [] }
    if (health?.kind === 'blind' && store.directory.nodes.length > 0) {
      const since = formatDuration(clock.now - health.since)
      const why = {
        connecting: `Kafka has not answered for ${since}.`,
        disconnected: `Not connected to Kafka for ${since}. ${health.detail}`,
        'no-records': `Connected to Kafka, but no message has arrived for ${since}.`,
        storage: 'ReMo cannot store messages, so it has stopped reading.',
        'data-thread':
          health.retryAt === undefined
            ? 'The Kafka reader does not answer.'
            : 'The Kafka reader stopped. ReMo is restarting it.',
      }[health.cause]
      const text = `Monitoring is blind. ${why} Values and alerts are from ${at}; newer alerts may be missing.`
      return [{ ...notice, look: 'blind', icon: 'blind', text, detail: health.detail, actions: [this.#retry] }]
    }
    if (windowLagMs > lagNoticeMs) {
      // Without newer reports, nobody knows whether the reader goes on.
      const goesOn = store.undrawnSince === undefined ? '' : ' Notifications continue.'
      const text = `This window shows values from ${at}: the computer or its disk may be overloaded.${goesOn}`
      return [{ ...notice, look: 'info', icon: 'catching-up', text }]
    }
    if (health?.kind !== 'catching-up') return []
    return [{ ...notice, look: 'info', icon: 'catching-up', text: catchingUpText(health) }]
  }

  #backend(): PageNotice[] {
    const { session, clock } = this.#app
    if (session.signingIn) return []
    const { link, now, waitingCount } = session
    const unreachable: PageNotice[] = []
    if (link?.reachable === false) {
      const since = `Backend unreachable since ${clockTimeOrDate(link.since, clock.now)}.`
      const changes = waitingCount > 0 ? [{ label: 'Show changes', run: this.#targets.actions }] : []
      unreachable.push({
        id: 'unreachable',
        look: 'warning',
        icon: 'unreachable',
        text: `${since} ${unreachableText(now, waitingCount)}`,
        ...(link.detail === undefined ? {} : { detail: link.detail }),
        actions: [...changes, this.#retry],
      })
    }
    if (now?.kind !== 'signed-out' || session.signedOutNoted) return unreachable
    const signedOut: PageNotice = {
      id: 'signed-out',
      look: 'plain',
      icon: 'signed-out',
      lead: signedOutBecause[now.reason],
      text: 'Monitoring and notifications continue; sign in to acknowledge alerts.',
      actions: [{ label: 'Sign in', run: () => (session.signingIn = true) }],
      dismiss: () => (session.signedOutNoted = true),
    }
    return [...unreachable, signedOut]
  }

  #settings(): PageNotice[] {
    const problems = this.#app.settings.view?.problems ?? []
    const [first] = problems
    if (first === undefined) return []
    return [
      {
        id: 'settings',
        look: 'warning',
        icon: 'problem',
        text:
          problems.length === 1
            ? `Settings file: ${first}`
            : `${problems.length} values of the settings file cannot be used.`,
        detail: problems.join('\n'),
        actions: [{ label: 'Show', run: () => (location.hash = '#/settings/appearance') }],
      },
    ]
  }

  /** Once after an upgrade. */
  #version(): PageNotice[] {
    const { whatsNew, seeWhatsNew } = this.#app.updates
    if (!whatsNew?.isUnseen) return []
    return [
      {
        id: 'whats-new',
        look: 'plain',
        icon: 'info',
        text: `This is ReMo ${whatsNew.version} now.`,
        actions: [{ label: 'What is new', run: this.#targets.whatsNew }],
        dismiss: () => void seeWhatsNew(),
      },
    ]
  }

  #changes(): PageNotice[] {
    const { notAcceptedCount, problem } = this.#app.session
    const switching = this.#app.connections.problem
    const notice = { look: 'warning' as const, icon: 'problem' as const }
    const refused: PageNotice = {
      ...notice,
      id: 'not-accepted',
      text:
        notAcceptedCount === 1
          ? 'The backend did not accept one of your changes.'
          : `The backend did not accept ${notAcceptedCount} of your changes.`,
      actions: [{ label: 'Show', run: this.#targets.actions }],
    }
    return [
      ...(notAcceptedCount > 0 ? [refused] : []),
      ...(switching === undefined ? [] : [{ ...notice, id: 'switch', text: switching, actions: [] }]),
      ...(problem === undefined ? [] : [{ ...notice, id: 'session', text: problem, actions: [] }]),
    ]
  }
}
