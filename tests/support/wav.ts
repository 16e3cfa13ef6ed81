/** A WAV file with a tone: one channel, 16 bits, 8,000 samples a second. `pitch`: Hz. */
export function toneFile(pitch: number, seconds: number): Uint8Array {
  const rate = 8000
  const samples = Math.round(rate * seconds)
  const bytes = Buffer.alloc(44 + samples * 2)
  bytes.write('RIFF', 0)
  bytes.writeUInt32LE(36 + samples * 2, 4)
  bytes.write('WAVEfmt ', 8)
  bytes.writeUInt32LE(16, 16)
  bytes.writeUInt16LE(1, 20)
  bytes.writeUInt16LE(1, 22)
  bytes.writeUInt32LE(rate, 24)
  bytes.writeUInt32LE(rate * 2, 28)
  bytes.writeUInt16LE(2, 32)
  bytes.writeUInt16LE(16, 34)
  bytes.write('data', 36)
  bytes.writeUInt32LE(samples * 2, 40)
  for (let index = 0; index < samples; index++) {
    bytes.writeInt16LE(Math.round(20_000 * Math.sin((2 * Math.PI * pitch * index) / rate)), 44 + index * 2)
  }
  return bytes
}
