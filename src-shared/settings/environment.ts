/** @throws if the file cannot be read */
export type ReadText = (path: string) => string

/** An environment such as `process.env`. */
export type EnvironmentVariables = Readonly<Record<string, string | undefined>>

/** The set values, and the problems, one sentence each. */
export interface SetVariables {
  readonly values: Record<string, string>
  readonly problems: readonly string[]
}

/**
 * The variables that are set. An empty value counts as not set, as in shells and compose files. For names in `inFiles`,
 * NAME_FILE may name a file with the value (secrets of Docker and Kubernetes); its last line end is removed.
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
 * Content of the file that the variable `name` names.
 * @throws an error whose message is a sentence, if the file cannot be read
 */
export function readFileVariable(name: string, path: string, readText: ReadText): string {
  try {
    return readText(path)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`${name}: cannot read ${path} (${reason}).`, { cause })
  }
}
