const keyPrefix = 'mapping:'

/** Key of the record on the topic of alerts, whose other keys are ids of alerts. */
export function mappingKey(topic: string): string {
  return keyPrefix + topic
}

/** The topic of a record with this key; `undefined` for another kind of record. */
export function mappingTopicIn(key: string | undefined): string | undefined {
  return key?.startsWith(keyPrefix) === true ? key.slice(keyPrefix.length) : undefined
}
