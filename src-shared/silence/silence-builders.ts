import type { Matcher, Silence, SilenceSchedule } from './silence.ts'

/** A silence of one node from 1,000 s to 8,200 s. */
export function aSilence(change: Partial<Silence> = {}): Silence {
  return {
    id: '51e0ce00-0000-4000-8000-000000000001',
    version: 1,
    matchers: [aMatcher('node', '=', 'node-1')],
    schedule: { kind: 'once', startsAt: 1_000_000, endsAt: 8_200_000 },
    comment: 'disk swap',
    createdBy: 'kim',
    createdAt: 1_000_000,
    updatedBy: 'kim',
    updatedAt: 1_000_000,
    ...change,
  }
}

export function aMatcher(name: string, operator: Matcher['operator'], value: string): Matcher {
  return { name, operator, value }
}

type Weekly = Extract<SilenceSchedule, { kind: 'weekly' }>

/** Sundays from 02:00 to 04:00 in Zurich. */
export function aWeekly(change: Partial<Weekly> = {}): Weekly {
  return { kind: 'weekly', zone: 'Europe/Zurich', days: [7], from: '02:00', to: '04:00', daysLater: 0, ...change }
}
