import zlib from 'node:zlib'
import { Decompress } from 'fzstd'

/**
 * zlib supports Zstandard from Node 22.15 on. Electron 33 has an older Node.
 * @throws if the data is damaged or exceeds `maxBytes`
 */
export function unzstd(payload: Buffer, maxBytes: number): Uint8Array {
  return zlib.zstdDecompressSync
    ? zlib.zstdDecompressSync(payload, { maxOutputLength: maxBytes })
    : unzstdInJavaScript(payload, maxBytes)
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
