/** State 01 in /proc/net/tcp (proc(5)): the connection is established. */
const established = '01'
/** Columns of /proc/net/tcp: the state, and the inode of the socket. */
const [stateAt, inodeAt] = [3, 9] as const

/**
 * Inodes of established connections.
 * @param table contents of /proc/net/tcp or /proc/net/tcp6
 */
export function establishedSockets(table: string): Set<string> {
  const rows = table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
  return new Set(rows.flatMap((row) => (row[stateAt] === established ? [row[inodeAt] ?? ''] : [])))
}

/**
 * The inode of a socket.
 * @param link target of a link in /proc/<pid>/fd, such as `socket:[4711]`
 * @returns `undefined` for another kind of file
 */
export function socketInode(link: string): string | undefined {
  return /^socket:\[(\d+)\]$/.exec(link)?.[1]
}
