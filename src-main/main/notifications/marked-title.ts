/** `PROD [CRITICAL] node-1 CPU`: with the label of the connection in front; without one, the title alone. */
export function markedTitle(label: string, title: string): string {
  return label === '' ? title : `${label} ${title}`
}
