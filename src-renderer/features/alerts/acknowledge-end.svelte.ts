import type { acknowledgementHours } from '#shared/alert/acknowledgement-end.ts'
import { hourMs } from '#shared/format/time-units.ts'

/** `recovery`: until it resolves. A number of hours, or a time that was typed. */
export type EndChoice = 'recovery' | `${(typeof acknowledgementHours)[number]}` | 'custom'

export const endChoices: ReadonlyArray<{ readonly value: EndChoice; readonly label: string }> = [
  { value: 'recovery', label: 'Recovery' },
  { value: '1', label: '1 h' },
  { value: '4', label: '4 h' },
  { value: '24', label: '1 d' },
  { value: 'custom', label: 'Until…' },
]

/** How long an acknowledgement lasts, as it is chosen. */
export class AcknowledgeEnd {
  choice = $state<EndChoice>('recovery')
  /** As a field of date and time has it, in local time. */
  typed = $state('')

  /** The end, epoch ms; absent: recovery. `problem`: one sentence about the typed time. */
  at(now: number): { readonly until?: number; readonly problem?: string } {
    if (this.choice === 'recovery') return {}
    if (this.choice !== 'custom') return { until: now + Number(this.choice) * hourMs }
    const until = new Date(this.typed).getTime()
    return Number.isNaN(until) ? { problem: 'Choose a date and a time.' } : { until }
  }

  reset(): void {
    this.choice = 'recovery'
    this.typed = ''
  }
}
