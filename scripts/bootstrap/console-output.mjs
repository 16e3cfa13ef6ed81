// Output of the scripts, and exits with an error.

/** A problem that the user must fix first. The message is one sentence with the fix; the exit code is 2. */
export class UserError extends Error {}

/** @param {string} line one line for one step */
export function printLine(line) {
  process.stdout.write(`· ${line}\n`)
}

/**
 * Runs a script's main function. Prints the sentence of a `UserError` and exits with 2, or prints any other error with
 * its stack and exits with 1.
 * @param {() => Promise<number | void>} main the exit code; default 0
 */
export async function runMain(main) {
  try {
    process.exitCode = (await main()) ?? 0
  } catch (error) {
    if (error instanceof UserError) {
      process.stderr.write(`${error.message}\n`)
      process.exitCode = 2
      return
    }
    throw error
  }
}

/**
 * @param {number} fromMs epoch milliseconds
 * @returns {string} seconds since then, as in "3.2 s"
 */
export function secondsSince(fromMs) {
  return `${((Date.now() - fromMs) / 1000).toFixed(1)} s`
}
