import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os'
import type { Log } from '#shared/log.ts'

/** What changed between two looks at the addresses of this computer. */
export interface NetworkChange {
  /** Addresses that are gone: connections from them are dead, without an error. */
  readonly gone: readonly string[]
  readonly added: readonly string[]
}

/** `undefined` if nothing changed. */
export function networkChange(before: readonly string[], after: readonly string[]): NetworkChange | undefined {
  const gone = before.filter((address) => !after.includes(address))
  const added = after.filter((address) => !before.includes(address))
  return gone.length + added.length > 0 ? { gone, added } : undefined
}

/** Addresses of the interfaces, without the link-local ones: those of containers come and go. */
export function addressesOf(
  interfaces: Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>,
): string[] {
  const all = Object.values(interfaces).flatMap((one) => one ?? [])
  return all.map(({ address }) => address).filter((address) => !/^(fe80:|169\.254\.)/i.test(address))
}

export interface NetworkWatchDeps {
  /** Addresses of this computer now. */
  readonly addresses?: () => readonly string[]
  readonly changed: (change: NetworkChange) => void
  readonly log: Log
}

/** Notices that this computer has other addresses: another network, a cable, or a VPN that came or went. */
export class NetworkWatch {
  readonly #deps: NetworkWatchDeps
  #known: readonly string[]

  constructor(deps: NetworkWatchDeps) {
    this.#deps = deps
    this.#known = this.#addresses()
  }

  /** Call it about once a second: systems report such changes in different ways, or not at all. */
  tick(): void {
    const now = this.#addresses()
    const change = networkChange(this.#known, now)
    this.#known = now
    if (!change) return
    this.#deps.log.info('the network changed', { gone: change.gone.length, added: change.added.length })
    this.#deps.changed(change)
  }

  #addresses(): readonly string[] {
    return this.#deps.addresses?.() ?? addressesOf(networkInterfaces())
  }
}
