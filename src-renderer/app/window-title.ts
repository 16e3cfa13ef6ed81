/** Title of the window: "(2) ReMo" while two alerts are unacknowledged. */
export function windowTitle(unacknowledged: number): string {
  return unacknowledged > 0 ? `(${unacknowledged}) ReMo` : 'ReMo'
}
