/** Throws when the file cannot be read. */
export type ReadText = (path: string) => string

/** An environment as `process.env` has it. */
export type EnvironmentVariables = Readonly<Record<string, string | undefined>>

/** The values that are set, and what is wrong, one sentence each. */
export interface SetVariables {
  readonly values: Record<string, string>
  readonly problems: readonly string[]
}

/**
 * The variables that are set. One that is set to nothing counts as not set, as shells and compose files write it. Of
 * those in `inFiles`, NAME_FILE may name the file that holds the value (secrets of Docker and Kubernetes), whose last
 * line end does not count.
 */
export function setVariables(env: EnvironmentVariables, inFiles: readonly string[], readText: ReadText): SetVariables {
  const values: Record<string, string> = {}
  for (const [name, value] of Object.entries(env)) if (value) values[name] = value
  const problems: string[] = []
  for (const name of inFiles) {
    const path = values[`${name}_FILE`]
    if (path === undefined) continue
    try {
      if (values[name] !== undefined) throw new Error(`${name}: set either ${name} or ${name}_FILE, not both.`)
      values[name] = readFileVariable(`${name}_FILE`, path, readText).replace(/\r?\n$/, '')
    } catch (cause) {
      problems.push((cause as Error).message)
    }
  }
  return { values, problems }
}

/**
 * What the file holds that the variable `name` names.
 * @throws an error whose message is a sentence, when it cannot be read
 */
export function readFileVariable(name: string, path: string, readText: ReadText): string {
  try {
    return readText(path)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`${name}: cannot read ${path} (${reason}).`, { cause })
  }
}
