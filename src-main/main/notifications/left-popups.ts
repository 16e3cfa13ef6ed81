import { z } from 'zod'
import type { Log } from '#shared/log.ts'
import { StateFile } from '../app/state-file.ts'

/**
 * Popups on the screen, for the next run: a run that is killed leaves them there. The numbers of a server mean nothing
 * to another one, so the file names the server by its address on its bus. A bus never gives an address twice.
 */
const LeftPopups = z.object({
  bus: z.string().default(''),
  owner: z.string().default(''),
  ids: z.array(z.int()).default([]),
})
export type LeftPopups = z.infer<typeof LeftPopups>

export interface LeftPopupsFile {
  readonly value: LeftPopups
  update(value: LeftPopups): void
  flush(): Promise<void>
}

export function leftPopupsFile(path: string, log: Log): LeftPopupsFile {
  return new StateFile(path, LeftPopups, log)
}
