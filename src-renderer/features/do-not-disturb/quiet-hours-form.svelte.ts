import type { QuietHours, Weekday } from '#shared/do-not-disturb/quiet-hours.ts'
import type { PageSettings } from '../../live/page-settings.svelte.ts'
import { readTimeOfDay } from './do-not-disturb-text.ts'

const key = 'notifications.quietHours'
type TimeField = 'from' | 'to'

/** The quiet hours, each field set by itself. A time that cannot be used stays, with a sentence, to be mended. */
export class QuietHoursForm {
  readonly #settings: PageSettings
  /** What is typed and not set. */
  typed = $state.raw<Readonly<Partial<Record<TimeField, string>>>>({})
  #timeProblem = $state<string>()

  constructor(settings: PageSettings) {
    this.#settings = settings
  }

  get value(): QuietHours {
    return this.#settings.values[key]
  }

  get locked(): boolean {
    return this.#settings.locked(key)
  }

  get problem(): string | undefined {
    return this.#timeProblem ?? this.#settings.problems[key]
  }

  text(field: TimeField): string {
    return this.typed[field] ?? this.value[field]
  }

  type(field: TimeField, text: string): void {
    this.typed = { ...this.typed, [field]: text }
  }

  /** `Enter`, or leaving the field. */
  async commit(field: TimeField): Promise<void> {
    const text = this.typed[field]
    if (text === undefined) return
    const time = readTimeOfDay(text)
    this.#timeProblem = time === undefined ? 'Type a time from 00:00 to 23:59.' : undefined
    if (time === undefined || !(await this.#set(() => ({ [field]: time })))) return
    const { [field]: _, ...others } = this.typed
    this.typed = others
  }

  async turn(on: boolean): Promise<void> {
    await this.#set(() => ({ on }))
  }

  /** At least one day stays. */
  async toggle(day: Weekday): Promise<void> {
    await this.#set(({ days }) => ({
      days: days.includes(day) ? days.filter((other) => other !== day) : [...days, day],
    }))
  }

  #set(change: (now: QuietHours) => Partial<QuietHours>): Promise<boolean> {
    return this.#settings.change(key, (now) => ({ ...now, ...change(now) }))
  }
}
