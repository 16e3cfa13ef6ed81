/** What comes out of a computer's sound output: a PulseAudio of its own, and a recording of all that is played there. */
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { nullSink, soundServerAddress, startSoundServer, type SoundServer } from '../../scripts/desktop/sound-server.ts'

/** Samples a second of the recording. The highest pitch that it can hold is half of it. */
const rate = 16_000
/** Pieces of the recording in which it is loud or silent. */
const pieceSeconds = 0.02
/** Of 32,767. What ReMo plays at full volume has some 10,000. */
const silentBelow = 20

/** The sound output of one computer. */
export class Speaker {
  /** For programs that shall use it. It may be started and stopped while they run. */
  readonly env: NodeJS.ProcessEnv
  readonly #dir = mkdtempSync(join(tmpdir(), 'remo-sound-'))
  #server: SoundServer | undefined
  #recorder: ChildProcess | undefined
  #chunks: Buffer[] = []

  constructor() {
    // Without PulseAudio, Chromium would ask ALSA, which may be the real output of the developer.
    this.env = { PULSE_SERVER: soundServerAddress(this.#dir), ALSA_CONFIG_PATH: '/dev/null' }
  }

  async start(): Promise<this> {
    this.#server = await startSoundServer(this.#dir)
    const format = ['--raw', '--format=s16le', `--rate=${rate}`, '--channels=1', '--latency-msec=20']
    const recorder = spawn('parec', [`--device=${nullSink}.monitor`, ...format], {
      env: { ...process.env, ...this.env, HOME: this.#dir },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    this.#recorder = recorder
    recorder.stdout.on('data', (chunk: Buffer) => this.#chunks.push(chunk))
    // Silence is recorded as well: from now on it misses nothing.
    await once(recorder.stdout, 'data')
    return this
  }

  async stop(): Promise<void> {
    this.#recorder?.kill()
    await this.#server?.stop()
    this.#server = undefined
  }

  /** Plays a file here, and records it in the format of its extension (`flac`, `oga`). @returns `to` */
  async record(from: string, to: string): Promise<string> {
    const env = { ...process.env, ...this.env, HOME: this.#dir }
    const format = [`--file-format=${extname(to).slice(1)}`, '--latency-msec=20']
    const recorder = spawn('parec', ['--verbose', `--device=${nullSink}.monitor`, ...format, to], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    await untilPrinted(recorder.stderr, 'Stream successfully created')
    await promisify(execFile)('paplay', [from], { env })
    recorder.kill('SIGINT')
    await once(recorder, 'exit')
    return to
  }

  /** Forgets what was recorded. */
  clear(): void {
    this.#chunks = []
  }

  /** Seconds of the recording: time passes in it as in the world. */
  get seconds(): number {
    return this.#samples().length / rate
  }

  /** Seconds of it that were not silent. */
  get loudSeconds(): number {
    return loudPieces(this.#samples()).length * pieceSeconds
  }

  /** Whether it was loud, and has been silent for half a second. */
  get hasEnded(): boolean {
    const samples = this.#samples()
    return loudPieces(samples).length > 0 && loudPieces(samples.subarray(-rate / 2)).length === 0
  }

  /** Largest amplitude, 0 to 1. */
  get peak(): number {
    return this.#samples().reduce((most, sample) => Math.max(most, Math.abs(sample)), 0) / 32_768
  }

  /**
   * Share of a pitch (Hz) in all that is loud, 0 to 1. A loaded machine leaves gaps in a recording. A gap spoils only the
   * piece that it is in, so pieces are short: they still tell pitches apart that differ by 50 Hz.
   */
  shareOf(pitch: number): number {
    const samples = this.#samples()
    const size = rate * pieceSeconds
    let own = 0
    let all = 0
    for (let from = 0; from + size <= samples.length; from += size) {
      const piece = samples.subarray(from, from + size)
      own += power(piece, pitch)
      all += piece.reduce((sum, sample) => sum + sample * sample, 0)
    }
    return all === 0 ? 0 : own / all
  }

  #samples(): Int16Array {
    const bytes = Buffer.concat(this.#chunks)
    this.#chunks = [bytes]
    return new Int16Array(bytes.buffer, bytes.byteOffset, Math.floor(bytes.length / 2))
  }
}

/** @throws an error with what was printed if the program ends without it */
async function untilPrinted(output: Readable, text: string): Promise<void> {
  let printed = ''
  await new Promise<void>((resolve, reject) => {
    output.on('data', (chunk: Buffer) => {
      printed += chunk.toString()
      if (printed.includes(text)) resolve()
    })
    output.once('end', () => reject(new Error(`not printed: ${text}; but:\n${printed}`)))
  })
}

function loudPieces(samples: Int16Array): readonly number[] {
  const size = rate * pieceSeconds
  const starts = Array.from({ length: Math.floor(samples.length / size) }, (_, index) => index * size)
  return starts.filter((from) => samples.subarray(from, from + size).some((sample) => Math.abs(sample) > silentBelow))
}

/** Energy of a pitch in a piece, as part of the sum of the squares of its samples: one bin of a Fourier transform. */
function power(piece: Int16Array, pitch: number): number {
  let real = 0
  let imaginary = 0
  for (const [index, sample] of piece.entries()) {
    const angle = (2 * Math.PI * pitch * index) / rate
    real += sample * Math.cos(angle)
    imaginary += sample * Math.sin(angle)
  }
  return (2 * (real * real + imaginary * imaginary)) / piece.length
}
