import { expect, test } from 'vitest'
import { sampleRate, samplesOf, sounds, wavFile } from './sound-wave.ts'

const kinds = Object.entries(sounds).map(([kind, notes]) => ({ kind, samples: samplesOf(notes) }))

const peakOf = (samples: Float64Array) => samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)

/** Mean power of what is not silent. */
const powerOf = (samples: Float64Array) => samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length

test.each(kinds)('the sound $kind is short, begins and ends in silence, and does not clip', ({ samples }) => {
  expect(samples.length / sampleRate).toBeGreaterThan(0.5)
  expect(samples.length / sampleRate).toBeLessThan(1.5)
  const peak = peakOf(samples)
  expect(peak).toBeLessThan(0.9)
  expect(peak).toBeGreaterThan(0.2)
  expect(peakOf(samples.subarray(0, sampleRate * 0.05))).toBe(0)
  expect(peakOf(samples.subarray(-50))).toBeLessThan(0.001)
  // No step that a speaker would crack at.
  const steps = samples.map((sample, index) => Math.abs(sample - (samples[index - 1] ?? 0)))
  expect(peakOf(steps)).toBeLessThan(0.25)
})

test('the more urgent, the louder', () => {
  const powers = kinds.map(({ samples }) => powerOf(samples))
  expect(powers).toEqual([...powers].sort((a, b) => b - a))
})

test('a WAV file has its length in its header, and one channel of 16 bits', () => {
  const bytes = Buffer.from(wavFile(Float64Array.of(0, 0.5, -1)))
  expect(bytes.length).toBe(50)
  expect([bytes.toString('latin1', 0, 4), bytes.toString('latin1', 8, 16)]).toEqual(['RIFF', 'WAVEfmt '])
  expect([bytes.readUInt32LE(4), bytes.readUInt32LE(40)]).toEqual([42, 6])
  expect([bytes.readUInt16LE(22), bytes.readUInt32LE(24), bytes.readUInt16LE(34)]).toEqual([1, sampleRate, 16])
  expect([bytes.readInt16LE(44), bytes.readInt16LE(46), bytes.readInt16LE(48)]).toEqual([0, 16_384, -32_767])
})
