/** A choice that this window keeps for its next start. Where nothing can be kept, it is `initial` again. */
export function readChoice<T extends string>(key: string, options: readonly T[], initial: T): T {
  const kept = readKept(key)
  return options.find((option) => option === kept) ?? initial
}

/** What `keepChoice` kept, as it is; `undefined` without it. */
export function readKept(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined
  } catch {
    return undefined
  }
}

export function keepChoice(key: string, value: string): void {
  try {
    localStorage.setItem(key, value)
  } catch {
    // The choice holds until the window closes.
  }
}
