import { promisify } from 'node:util'
import zlib from 'node:zlib'
import { Decompress } from 'fzstd'

type NativeUnzstd = (payload: Uint8Array, options: { maxOutputLength: number }) => Promise<Uint8Array>

/** zlib knows Zstandard from Node 22.15 on; Electron 33 is older. */
const native: NativeUnzstd | undefined = zlib.zstdDecompress ? promisify(zlib.zstdDecompress) : undefined

/** @throws when the data is damaged or would take more than `maxBytes` */
export async function unzstd(payload: Buffer, maxBytes: number): Promise<Uint8Array> {
  return native ? native(payload, { maxOutputLength: maxBytes }) : unzstdInJavaScript(payload, maxBytes)
}

export function unzstdInJavaScript(payload: Uint8Array, maxBytes: number): Uint8Array {
  const chunks: Uint8Array[] = []
  let size = 0
  const stream = new Decompress((chunk) => {
    size += chunk.length
    if (size > maxBytes) throw new Error('the Zstandard frame exceeds the size limit')
    chunks.push(chunk)
  })
  stream.push(payload, true)
  return Buffer.concat(chunks)
}
