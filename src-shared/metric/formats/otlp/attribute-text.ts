/** The value of an attribute as text. In a list, what is text is in quotes. */
export interface AttributeText {
  readonly text: string
  readonly isQuoted: boolean
}

/** Lists in lists that are read. Deeper ones are '…'. */
export const listDepthAtMost = 8

export const noText: AttributeText = { text: '', isQuoted: false }
export const tooDeep: AttributeText = { text: '…', isQuoted: true }

export function quotedText(text: string): AttributeText {
  return { text, isQuoted: true }
}

export function plainText(value: number | boolean | string): AttributeText {
  return { text: String(value), isQuoted: false }
}

/** `["a",1]` */
export function listText(values: readonly AttributeText[]): AttributeText {
  return { text: `[${values.map(inList).join(',')}]`, isQuoted: false }
}

/** `{"a":1}` */
export function mapText(entries: ReadonlyArray<readonly [string, AttributeText]>): AttributeText {
  return {
    text: `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${inList(value)}`).join(',')}}`,
    isQuoted: false,
  }
}

function inList({ text, isQuoted }: AttributeText): string {
  return isQuoted ? JSON.stringify(text) : text === '' ? 'null' : text
}

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Bytes as JSON of protobuf has them. */
export function base64Text(bytes: Uint8Array): AttributeText {
  let text = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(i, i + 3)
    const bits = (a << 16) | (b << 8) | c
    const chars = [bits >> 18, (bits >> 12) & 63, (bits >> 6) & 63, bits & 63].map((digit) => digits[digit])
    text += chars
      .slice(0, Math.min(3, bytes.length - i) + 1)
      .join('')
      .padEnd(4, '=')
  }
  return quotedText(text)
}
