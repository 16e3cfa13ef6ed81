import { formatDuration } from '#shared/format/duration.ts'
import type { PageSession } from '../../live/page-session.svelte.ts'
import { timeStyleAt } from '../../live/time-style.svelte.ts'
import type { DisplayState } from '../../ui/values/display-state.ts'
import type { SilenceEditor } from './silence-editor.svelte.ts'
import { presets } from './silence-form.ts'
import type { SilencePreview } from './silence-preview.ts'
import { momentInWords } from './silence-text.ts'

const alertsText = (count: number): string => (count === 1 ? '1 alert' : `${count} alerts`)

/** What the button does, with its count and its end: `Silence 7 alerts for 2 h`. `now`: epoch ms. */
export function actionLabel(editor: SilenceEditor, now: number): string {
  const { form, preview, schedule, editing, asked } = editor
  if (editing) return 'Save changes'
  if (form.when === 'weekly') return 'Save weekly window'
  const preset = presets.find(({ value }) => value === form.when)
  const count = preview.alerts.length
  const what = asked ? 'Silence everything' : count === 0 ? 'Silence' : `Silence ${alertsText(count)}`
  if (preset) return `${what} for ${formatDuration(preset.ms)}`
  if (schedule?.kind !== 'once') return what
  if (schedule.startsAt > now) return 'Schedule silence'
  const offsetAt = (at: number): number => timeStyleAt(at).offsetMinutes
  return `${what} until ${momentInWords(schedule.endsAt, now, { offsetAt, hour12: timeStyleAt(now).hour12 ?? false })}`
}

/** Asks for the second yes. */
export function everythingText({ alerts }: SilencePreview): string {
  const now = alerts.length === 0 ? '' : `, ${alertsText(alerts.length)} now`
  return `This silences every alert of every node${now}. Press again if you want that.`
}

/** Where the silence will hold. */
export function reachText(
  session: PageSession,
  { isOfConsole, denial }: Pick<SilenceEditor, 'isOfConsole' | 'denial'>,
): { readonly state: DisplayState; readonly text: string } {
  if (denial !== undefined) return { state: 'unknown', text: denial }
  if (!session.hasBackend || isOfConsole) return { state: 'ok', text: 'Holds on this console only.' }
  return session.link?.reachable === false
    ? { state: 'unknown', text: 'Holds here at once. The team gets it when the backend answers again.' }
    : { state: 'ok', text: 'Holds on every console of the team within 2 s.' }
}
