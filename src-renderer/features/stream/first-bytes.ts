/** First bytes of a record as text. Bytes that are not UTF-8 become the replacement character. */
export function firstBytesAsText(base64: string): string {
  return new TextDecoder().decode(decodeBase64(base64))
}

/** Sixteen bytes per line: offset, hex and printable ASCII. */
export function firstBytesAsHex(base64: string): string {
  const bytes = decodeBase64(base64)
  const lines: string[] = []
  for (let at = 0; at < bytes.length; at += 16) {
    const part = [...bytes.subarray(at, at + 16)]
    const hex = part.map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
    const ascii = part.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('')
    lines.push(`${at.toString(16).padStart(4, '0')}  ${hex.padEnd(47)}  ${ascii}`)
  }
  return lines.join('\n')
}

function decodeBase64(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
}
