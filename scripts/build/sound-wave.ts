/** The three sounds of ReMo, from nothing but these numbers. */

export const sampleRate = 44_100

/** One struck note, like a marimba: it is loud at once and fades. */
interface Note {
  /** Seconds from the beginning of the sound. */
  readonly at: number
  /** Hz. */
  readonly pitch: number
  /** Seconds until it is silent. */
  readonly length: number
  /** 0 to 1. */
  readonly loudness: number
}

const e5 = 659.26
const a5 = 880
const d6 = 1174.66
const c5 = 523.25
const g4 = 392
const g5 = 783.99

/** Two pairs that rise: the one to get up for. */
const critical: readonly Note[] = [0, 0.5].flatMap((at) => [
  { at, pitch: a5, length: 0.3, loudness: 0.8 },
  { at: at + 0.16, pitch: d6, length: 0.5, loudness: 0.8 },
])

/** Two notes that fall. */
const warning: readonly Note[] = [
  { at: 0, pitch: e5, length: 0.4, loudness: 0.6 },
  { at: 0.22, pitch: c5, length: 0.6, loudness: 0.6 },
]

/** Three soft notes that rise to their end. */
const resolved: readonly Note[] = [
  { at: 0, pitch: g4, length: 0.4, loudness: 0.4 },
  { at: 0.12, pitch: c5, length: 0.4, loudness: 0.4 },
  { at: 0.24, pitch: g5, length: 0.7, loudness: 0.35 },
]

export const sounds = { critical, warning, resolved } as const

/** Strength of the overtones, from the fundamental on. A bare sine is hard to hear on small speakers. */
const overtones = [1, 0.28, 0.12]
const attackSeconds = 0.006
/** Silence before the first note: an output that wakes up swallows the first milliseconds. */
const leadSeconds = 0.05

/** @returns samples, -1 to 1, at `sampleRate` */
export function samplesOf(notes: readonly Note[]): Float64Array {
  const end = Math.max(...notes.map(({ at, length }) => at + length))
  const samples = new Float64Array(Math.ceil((leadSeconds + end) * sampleRate))
  for (const note of notes) addNote(samples, note)
  return samples
}

function addNote(samples: Float64Array, { at, pitch, length, loudness }: Note): void {
  const first = Math.round((leadSeconds + at) * sampleRate)
  const total = overtones.reduce((sum, strength) => sum + strength, 0)
  for (let index = 0; index < length * sampleRate && first + index < samples.length; index++) {
    const seconds = index / sampleRate
    const left = 1 - seconds / length
    const envelope = Math.min(1, seconds / attackSeconds) * Math.exp((-4 * seconds) / length) * Math.min(1, left * 8)
    const tone = overtones.reduce(
      (sum, strength, over) => sum + strength * Math.sin(2 * Math.PI * pitch * (over + 1) * seconds),
      0,
    )
    samples[first + index] = (samples[first + index] ?? 0) + (loudness * envelope * tone) / total
  }
}

/** A WAV file with one channel of 16 bits. */
export function wavFile(samples: Float64Array): Uint8Array {
  const bytes = Buffer.alloc(44 + samples.length * 2)
  bytes.write('RIFF', 0)
  bytes.writeUInt32LE(36 + samples.length * 2, 4)
  bytes.write('WAVEfmt ', 8)
  bytes.writeUInt32LE(16, 16)
  bytes.writeUInt16LE(1, 20) // PCM
  bytes.writeUInt16LE(1, 22) // channels
  bytes.writeUInt32LE(sampleRate, 24)
  bytes.writeUInt32LE(sampleRate * 2, 28)
  bytes.writeUInt16LE(2, 32)
  bytes.writeUInt16LE(16, 34)
  bytes.write('data', 36)
  bytes.writeUInt32LE(samples.length * 2, 40)
  samples.forEach((sample, index) => bytes.writeInt16LE(Math.round(sample * 32_767), 44 + index * 2))
  return bytes
}
