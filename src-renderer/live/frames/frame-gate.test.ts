import { expect, test, vi } from 'vitest'
import { FrameGate } from './frame-gate.ts'

test('many requests before a frame are one drawing, and the next request draws again', () => {
  const frames: Array<() => void> = []
  const gate = new FrameGate((run) => frames.push(run))
  const draw = vi.fn()
  gate.listen(draw)
  gate.ask()
  gate.ask()
  gate.ask()
  expect(frames).toHaveLength(1)
  frames.pop()?.()
  gate.ask()
  frames.pop()?.()
  expect(draw).toHaveBeenCalledTimes(2)
})
