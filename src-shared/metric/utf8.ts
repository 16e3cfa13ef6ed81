// A global in every runtime; shared code is compiled without the types of any of them.
declare const TextDecoder: new (
  label: string,
  options: { fatal: boolean; ignoreBOM: boolean },
) => { decode: (bytes: Uint8Array) => string }

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** @throws TypeError if the bytes are not UTF-8 */
export function textOf(bytes: Uint8Array): string {
  return utf8.decode(bytes)
}

declare const TextEncoder: new () => { encode: (text: string) => Uint8Array }

const encoder = new TextEncoder()

/** The text as UTF-8. */
export function bytesOf(text: string): Uint8Array {
  return encoder.encode(text)
}
