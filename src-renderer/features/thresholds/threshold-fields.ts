import { formatDuration, parseDuration } from '#shared/format/duration.ts'
import { formatLevel } from '#shared/format/number.ts'
import { metricInfo } from '#shared/metric/units.ts'
import type { ThresholdForm } from './threshold-form.ts'

/** A field in words, for a person who reads it. */
export interface FieldText {
  readonly label: string
  readonly text: string
}

/** The fields of a form in words. `unit`: what the producer says. */
export function fieldTexts(form: ThresholdForm, unit = ''): readonly FieldText[] {
  const greater = form.condition === 'greater'
  const own = metricInfo(form.metric, unit).unit
  const level = (text: string): string => {
    const value = Number(text.replace(',', '.'))
    return text.trim() === '' ? '–' : Number.isNaN(value) ? text : formatLevel(value, own)
  }
  const duration = (text: string, none: string): string => {
    const ms = parseDuration(text)
    return text.trim() === '' || ms === 0 ? none : ms === undefined ? text : formatDuration(ms)
  }
  return [
    { label: 'Applies to', text: form.scope === 'all' ? 'all nodes' : form.nodeId || '–' },
    { label: 'Metric', text: metricInfo(form.metric, unit).label },
    { label: 'Condition', text: greater ? 'greater than' : 'less than' },
    { label: 'Warning', text: level(form.warning) },
    { label: 'Critical', text: level(form.critical) },
    { label: greater ? 'Clears below' : 'Clears above', text: level(form.clear) },
    { label: 'For', text: duration(form.forText, 'immediately') },
    { label: 'No data after', text: duration(form.noDataText, 'never') },
    { label: 'Enabled', text: form.enabled ? 'on' : 'off' },
  ]
}

/** The fields in which two forms differ. */
export function differences(
  mine: ThresholdForm,
  theirs: ThresholdForm,
  unit = '',
): ReadonlyArray<{ readonly label: string; readonly mine: string; readonly theirs: string }> {
  const other = fieldTexts(theirs, unit)
  return fieldTexts(mine, unit).flatMap(({ label, text }, i) => {
    const theirText = other[i]?.text ?? ''
    return text === theirText ? [] : [{ label, mine: text, theirs: theirText }]
  })
}
