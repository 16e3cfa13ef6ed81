/** Title of the window: "(2) ReMo" while two alerts are unacknowledged, or nobody has looked at them. */
export function windowTitle(toLookAt: number): string {
  return toLookAt > 0 ? `(${toLookAt}) ReMo` : 'ReMo'
}
