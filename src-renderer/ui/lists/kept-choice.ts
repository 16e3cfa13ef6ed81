/** A choice that this window keeps for its next start. Where nothing can be kept, it is `initial` again. */
export function readChoice<T extends string>(key: string, options: readonly T[], initial: T): T {
  try {
    const kept = localStorage.getItem(key)
    return options.find((option) => option === kept) ?? initial
  } catch {
    return initial
  }
}

export function keepChoice(key: string, value: string): void {
  try {
    localStorage.setItem(key, value)
  } catch {
    // The choice holds until the window closes.
  }
}
