import { anId } from '#shared/rule/rule-builders.ts'
import { metricOfRule, type Rule } from '#shared/rule/rule.ts'
import { dayMs, minuteMs } from '#shared/format/time-units.ts'
import type { Matcher, Silence, SilenceDraft, SilenceSchedule } from '#shared/silence/silence.ts'
import { okReply, failureReply, type FakeBridge } from '../bridge/fake-bridge.ts'
import type { PreviewFleet } from './preview-fleet.ts'
import type { PreviewSessionOptions } from './preview-session.ts'

export interface PreviewSilencesOptions {
  /** `conflict`: Ben changes a silence before each change of it here. */
  readonly silences: 'none' | 'some' | 'conflict'
}

type Options = PreviewSilencesOptions & Pick<PreviewSessionOptions, 'session'>

/** Silences of the simulated console. */
export class PreviewSilences {
  #all: readonly Silence[]
  readonly #options: Options

  constructor(options: Options, rules: readonly Rule[], { startedAt }: PreviewFleet) {
    this.#options = options
    this.#all = options.silences === 'none' ? [] : previewSilences(rules, startedAt)
  }

  replies(onchange: (all: Silence[]) => void): FakeBridge['replies'] {
    const put = (silence: Silence) => {
      this.#all = [silence, ...this.#all.filter(({ id }) => id !== silence.id)]
      onchange([...this.#all])
      return okReply(silence)
    }
    const find = (wanted: string | undefined): Silence | undefined => this.#all.find(({ id }) => id === wanted)
    return {
      'silences.list': () => okReply([...this.#all]),
      'silences.save': ({ id, version = 0, draft }) => {
        const before = find(id)
        if (before && this.#isContested(before)) put(changedByBen(before))
        const current = find(id)
        if (!current) return put(newSilence(draft))
        if (current.version !== version)
          return failureReply('conflict', 'ben changed this silence after you opened it.')
        return put({ ...current, ...draft, version: version + 1, updatedBy: 'anna', updatedAt: Date.now() })
      },
      'silences.expire': ({ id }) => {
        const now = Date.now()
        const silence = find(id)
        if (!silence) return failureReply('not-found', 'This silence no longer exists.')
        return put({ ...silence, version: silence.version + 1, expiredAt: now, updatedBy: 'anna', updatedAt: now })
      },
    }
  }

  #isContested({ updatedBy, version }: Silence): boolean {
    return this.#options.silences === 'conflict' && !(updatedBy === 'ben' && version > 1)
  }
}

function changedByBen(silence: Silence): Silence {
  const comment = 'Longer than planned'
  return { ...silence, version: silence.version + 1, comment, updatedBy: 'ben', updatedAt: Date.now() }
}

function newSilence(draft: SilenceDraft): Silence {
  const now = Date.now()
  return { ...draft, id: anId(now), version: 1, createdBy: 'anna', createdAt: now, updatedBy: 'anna', updatedAt: now }
}

const matcher = (name: string, operator: Matcher['operator'], value: string): Matcher => ({ name, operator, value })

function previewSilences(rules: readonly Rule[], at: number): Silence[] {
  const cpu = rules.find((rule) => metricOfRule(rule) === 'cpu_usage' && rule.scope.kind === 'all')?.id ?? anId(1)
  const silence = (
    [number, by, comment]: readonly [number, string, string],
    matchers: readonly Matcher[],
    schedule: SilenceSchedule,
  ): Silence => {
    const who = { createdBy: by, createdAt: at - dayMs, updatedBy: by, updatedAt: at - dayMs }
    return { id: anId(700 + number), version: 1, matchers: [...matchers], schedule, comment, ...who }
  }
  const once = (from: number, to: number): SilenceSchedule => ({
    kind: 'once',
    startsAt: at + from * minuteMs,
    endsAt: at + to * minuteMs,
  })
  const weekly = { kind: 'weekly', zone: 'Europe/Zurich' } as const
  const day = dayMs / minuteMs
  /** In some days, so that no weekly silence is active at any time of any day. */
  const weekday = (days: number): number => new Date(at + days * dayMs).getUTCDay() || 7
  return [
    silence(
      [1, 'anna', 'Deploy of billing 4.12'],
      [matcher('rule', '=', cpu), matcher('node', '=~', 'node-(3|8)|web-.*')],
      once(-39, 81),
    ),
    silence([2, 'ben', 'Disk swap, ticket OPS-412'], [matcher('node', '=', 'node-12')], once(-120, 9)),
    silence([3, 'carla', 'Rack 7 is moved'], [matcher('node', '=~', 'db-0(2[4-9]|3[01])')], once(-day, 5.8 * day)),
    silence([4, 'dmitri', 'Switch update'], [matcher('node', '=~', 'edge-.*')], once(2 * day, 2 * day + 120)),
    silence([5, 'carla', 'Patch night'], [matcher('node', '=~', 'db-.*')], {
      ...weekly,
      days: [weekday(3)],
      from: '22:00',
      to: '04:00',
      daysLater: 1,
    }),
    silence([6, 'ben', 'Batch hours'], [matcher('node', '=~', 'worker-.*'), matcher('severity', '!=', 'critical')], {
      ...weekly,
      days: [weekday(2), weekday(3), weekday(4)],
      from: '01:00',
      to: '04:00',
      daysLater: 0,
    }),
    silence([7, 'ben', 'Deploy of search'], [matcher('node', '=~', 'node-(1|2)')], once(-80, -30)),
    silence([8, 'anna', 'Line test'], [matcher('node', '=', 'node-40')], once(-900, -800)),
    {
      ...silence([9, 'dmitri', 'Switch update'], [matcher('node', '=~', 'edge-.*')], once(-3000, -2400)),
      expiredAt: at - 2500 * minuteMs,
    },
  ]
}
