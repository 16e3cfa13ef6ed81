import { dayMs, hourMs } from '../format/time-units.ts'
import type { Acknowledgement } from './alert.ts'

/** An acknowledgement that lasts longer needs a comment: the next shift must know why. */
export const longestWithoutComment = dayMs

/** The offered ends, in hours. Without one: until the alert resolves. */
export const acknowledgementHours = [1, 4, 24] as const

export interface AcknowledgementProblem {
  readonly field: 'until' | 'comment'
  /** One sentence. */
  readonly message: string
}

/** What is wrong with an acknowledgement; `undefined`: nothing. */
export function acknowledgementProblem({
  at,
  until,
  comment,
}: Pick<Acknowledgement, 'at' | 'until' | 'comment'>): AcknowledgementProblem | undefined {
  if (until === undefined) return undefined
  if (until <= at) return { field: 'until', message: 'The end must be in the future.' }
  if (until - at <= longestWithoutComment || comment.trim() !== '') return undefined
  return {
    field: 'comment',
    message: `Write a comment: an acknowledgement for more than ${longestWithoutComment / hourMs} hours needs one.`,
  }
}
