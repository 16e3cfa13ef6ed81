/**
 * What ReMo uses of dbus-next 0.10.2: its encoding of messages. Its sockets need the native `usocket` for abstract
 * addresses, and its `MessageBus` ends the process if a bus refuses `Hello`; so both are ours.
 */
declare module 'dbus-next/lib/marshall-compat.js' {
  const compat: {
    /** `[bytes, file descriptors]`. Throws if the body does not fit the signature. */
    marshallMessage(message: object): [Buffer, unknown[]]
    /** Replaces the pairs of a decoded body by values and `Variant`s. */
    messageToJsFmt(message: { signature: string; body: unknown[] }): { body: unknown[] }
  }
  export default compat
}

declare module 'dbus-next/lib/dbus-buffer.js' {
  export default class DBusBuffer {
    constructor(buffer: Buffer, start: number, endian: number, descriptors: null, options: object)
    /** Throws on a signature that D-Bus does not know. */
    read(signature: string): unknown[]
    /** @param power of two */
    align(power: number): void
  }
}

declare module 'dbus-next/lib/variant.js' {
  const variant: { Variant: new (signature: string, value: unknown) => { signature: string; value: unknown } }
  export default variant
}
