import type { Log } from '#shared/log.ts'
import { systemBusSockets } from '../dbus/bus-address.ts'
import { Bus } from '../dbus/bus.ts'
import { ScreenLockWatch } from '../dbus/screen-lock-watch.ts'
import type { PowerEvent } from './power-routes.ts'

export interface ScreenLockParts {
  /** The session bus of a Linux desktop; `undefined` elsewhere: there Electron reports locks. */
  readonly sessionBus: Bus | undefined
  /** Something says whether the screen is locked. */
  readonly onKnown: (isKnown: boolean) => void
  readonly route: (event: PowerEvent) => void
  readonly log: Log
}

/** Routes locks of a Linux screen as Electron does on other systems. @returns stops */
export function routeScreenLock({ sessionBus: session, route, onKnown, log }: ScreenLockParts): () => void {
  if (!session) return () => undefined
  const system = new Bus({ sockets: () => systemBusSockets(process.env), log })
  const { env, pid } = process
  const onChange = (isLocked: boolean): void => route(isLocked ? 'lock-screen' : 'unlock-screen')
  const watch = new ScreenLockWatch({ session, system, env, pid, onChange, onKnown })
  return () => {
    watch.end()
    system.end()
  }
}
