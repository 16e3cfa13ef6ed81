import { hourMs, minuteMs, secondMs } from '#shared/format/time-units.ts'
import type { ConsoleItem } from '#shared/rest/consoles.ts'
import type { SecondChannel } from '#shared/rest/second-channel.ts'
import { anId } from '#shared/rule/rule-builders.ts'
import { failureReply, okReply, type FakeBridge } from '../bridge/fake-bridge.ts'
import type { PreviewSessionOptions } from './preview-session.ts'

export interface PreviewTeamOptions {
  /** `older`: the backend knows neither. `failing`: its last message was not delivered. */
  readonly consoles: 'some' | 'none' | 'older' | 'failing'
}

const ownId = anId(901)

/** The consoles and the second channel of the simulated team. */
export function teamConsoleReplies(options: PreviewTeamOptions & PreviewSessionOptions): FakeBridge['replies'] {
  const { consoles: kind, backend } = options
  const unreachable = () => failureReply('unavailable', 'The backend is unavailable. Nothing is listening there.')
  const isOff = kind === 'none'
  return {
    'consoles.list': () => {
      if (backend === 'unreachable') return unreachable()
      if (kind === 'older') return okReply({ kind: 'older-backend' })
      const consoles = isOff ? [] : previewConsoles(Date.now())
      return okReply({ kind: 'consoles', consoles, hasMore: false, ownId })
    },
    'secondChannel.get': () => {
      if (backend === 'unreachable') return unreachable()
      if (kind === 'older') return okReply({ kind: 'older-backend' })
      return okReply({ kind: 'channel', channel: isOff ? channelOff : channelOn(Date.now(), kind === 'failing') })
    },
    'secondChannel.test': async () => {
      await new Promise((resolve) => setTimeout(resolve, 200))
      return kind === 'failing'
        ? okReply({
            delivered: false,
            status: 403,
            message: 'It answered 403.',
            answer: 'topic is read-only',
            tookMs: 84,
          })
        : okReply({ delivered: true, status: 200, message: 'Delivered after 84 ms.', answer: '', tookMs: 84 })
    },
  }
}

function previewConsoles(now: number): ConsoleItem[] {
  const one = (number: number, over: Partial<ConsoleItem>): ConsoleItem => ({
    id: anId(900 + number),
    user: 'anna',
    name: 'noc-1',
    version: '0.2.0',
    startedAt: now - 9 * hourMs,
    health: 'live',
    doNotDisturbUntil: null,
    connected: true,
    connectedSince: now - 3 * hourMs,
    lastSeenAt: now - 4 * secondMs,
    ...over,
  })
  return [
    one(2, { name: 'ben-laptop', user: 'ben', doNotDisturbUntil: now + 42 * minuteMs }),
    one(4, { name: 'branch-office', user: 'dora', health: 'catching-up', connectedSince: now - 50 * secondMs }),
    one(3, {
      name: 'carl-desk',
      user: 'carl',
      connected: false,
      lastSeenAt: now - 6 * hourMs - minuteMs,
      version: '0.2.0-rc.1',
    }),
    one(1, {}),
    one(5, { name: 'wall', user: 'noc', health: 'blind' }),
  ]
}

const channelOff: SecondChannel = {
  enabled: false,
  format: null,
  host: null,
  signed: false,
  afterMinutes: 5,
  since: null,
  waiting: 0,
  lastDelivery: null,
  lastProblem: null,
}

function channelOn(now: number, isFailing: boolean): SecondChannel {
  const problem = { at: now - 2 * minuteMs, problem: 'The receiver answered 403.', givenUp: false }
  return {
    ...channelOff,
    enabled: true,
    format: 'ntfy',
    host: 'https://ntfy.example.net',
    signed: true,
    since: now - 30 * hourMs,
    waiting: isFailing ? 1 : 0,
    lastDelivery: { at: now - 20 * hourMs, alerts: 2 },
    lastProblem: isFailing ? problem : null,
  }
}
