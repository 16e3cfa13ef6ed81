// What the scripts print, and how they give up.

/** Something the user must put right first. The message is one sentence that says what to do; the exit code is 2. */
export class UserError extends Error {}

/** @param {string} line one step, in one line */
export function printLine(line) {
  process.stdout.write(`· ${line}\n`)
}

/**
 * Runs a script's main function: a Stop becomes its sentence and exit code 2, anything else is shown whole with code 1.
 * @param {() => Promise<number | void>} main the exit code, 0 when left out
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
