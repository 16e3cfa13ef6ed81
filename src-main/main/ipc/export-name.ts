/** `remo-node-1-20261124T101500Z-20261124T103000Z.csv`: a name that every file system takes. Times are epoch ms. */
export function csvFileName(nodeId: string, from: number, to: number): string {
  const node = nodeId.replace(/[^A-Za-z0-9._-]+/g, '_').slice(0, 64)
  return `remo-${node}-${compact(from)}-${compact(to)}.csv`
}

/** ISO 8601 basic format, in UTC: colons are not allowed in names on Windows. */
function compact(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+/, '').replace(/[-:]/g, '')
}
