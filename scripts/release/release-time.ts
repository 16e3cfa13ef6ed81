import { UserError } from '../bootstrap/console-output.mjs'

/**
 * The time that files of a release have, so that a second run gives the same bytes.
 * @param commitSeconds when the commit was made, epoch seconds
 * @param sourceDateEpoch the variable SOURCE_DATE_EPOCH of reproducible-builds.org, which takes precedence
 * @returns epoch seconds
 * @throws UserError if the variable is no number of seconds
 */
export function releaseSeconds(commitSeconds: number, sourceDateEpoch: string | undefined): number {
  if (sourceDateEpoch === undefined || sourceDateEpoch === '') return commitSeconds
  if (!/^\d{1,11}$/.test(sourceDateEpoch))
    throw new UserError(`SOURCE_DATE_EPOCH is "${sourceDateEpoch}", which is no number of seconds since 1970.`)
  return Number(sourceDateEpoch)
}
