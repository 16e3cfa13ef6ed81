import { posix } from 'node:path'

/** The path of a Unix socket. An abstract one begins with a zero byte, as Node's `net` takes it. */
export type BusSocket = string

const systemSocket = '/run/dbus/system_bus_socket'

/**
 * Sockets of an address such as `unix:path=/run/user/1000/bus,guid=…;unix:abstract=/tmp/dbus-x`, in its order. Other
 * transports are left out: desktops use none of them for a bus of their own. Format: the D-Bus specification, "Server
 * Addresses".
 * @param runtimeDir the folder that `unix:runtime=yes` means
 */
export function socketsOf(address: string, runtimeDir?: string): readonly BusSocket[] {
  return address.split(';').flatMap((one) => {
    const [transport, pairs = ''] = splitAt(one, ':')
    if (transport !== 'unix') return []
    const values = new Map(pairs.split(',').map((pair) => splitAt(pair, '=')))
    const [path, abstract] = [unescaped(values.get('path')), unescaped(values.get('abstract'))]
    if (path) return [path]
    if (abstract) return [`\0${abstract}`]
    return values.get('runtime') === 'yes' && runtimeDir !== undefined ? [posix.join(runtimeDir, 'bus')] : []
  })
}

/** Where the session bus may be: as the environment says, otherwise at the place of systemd. Empty: nowhere. */
export function sessionBusSockets(env: NodeJS.ProcessEnv): readonly BusSocket[] {
  const runtimeDir = env['XDG_RUNTIME_DIR']?.startsWith('/') ? env['XDG_RUNTIME_DIR'] : undefined
  const address = env['DBUS_SESSION_BUS_ADDRESS']
  if (address) return socketsOf(address, runtimeDir)
  return runtimeDir === undefined ? [] : [posix.join(runtimeDir, 'bus')]
}

/** Where the system bus may be. */
export function systemBusSockets(env: NodeJS.ProcessEnv): readonly BusSocket[] {
  const address = env['DBUS_SYSTEM_BUS_ADDRESS']
  return address ? socketsOf(address) : [systemSocket]
}

function splitAt(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

/** Bytes as `%20`. A wrong escape makes the value unusable. */
function unescaped(value: string | undefined): string | undefined {
  try {
    return value === undefined ? undefined : decodeURIComponent(value)
  } catch {
    return undefined
  }
}
