import { z } from 'zod'
import type { Log } from '#shared/log.ts'
import { StateFile } from '../app/state-file.ts'

const State = z.object({
  bounds: z.object({ x: z.int(), y: z.int(), width: z.int().positive(), height: z.int().positive() }).optional(),
  maximized: z.boolean().default(false),
  /** Folder of the last export, for the next save dialog. */
  exportFolder: z.string().optional(),
  /** The operator has seen the hint that ReMo keeps running in the tray. */
  trayHintGiven: z.boolean().default(false),
})
type State = z.infer<typeof State>

/** State of the window between runs. */
export class WindowStateFile extends StateFile<State> {
  constructor(path: string, log: Log) {
    super(path, State, log)
  }
}
