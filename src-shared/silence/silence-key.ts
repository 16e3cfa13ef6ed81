const keyPrefix = 'silence:'

/** Key of the record on the topic of alerts, whose other keys are ids of alerts. */
export function silenceKey(silenceId: string): string {
  return keyPrefix + silenceId
}

/** The silence of a record with this key; `undefined` for another kind of record. */
export function silenceIn(key: string | undefined): string | undefined {
  return key?.startsWith(keyPrefix) === true ? key.slice(keyPrefix.length) : undefined
}
