import fc from 'fast-check'
import { expect, test } from 'vitest'
import { windowBounds, smallestWindow } from './window-bounds.ts'
import type { Bounds } from './window-bounds.ts'

const main: Bounds = { x: 0, y: 0, width: 1920, height: 1050 }
const right: Bounds = { x: 1920, y: 0, width: 2560, height: 1400 }

test('the first window is 1360 x 860 and centered', () => {
  expect(windowBounds(undefined, [main])).toEqual({ x: 280, y: 95, width: 1360, height: 860 })
})

test('a window opens with its saved bounds', () => {
  const left = { x: 2000, y: 100, width: 1000, height: 700 }
  expect(windowBounds(left, [main, right])).toEqual(left)
})

test('a window of a removed display keeps its size and moves to the first display', () => {
  expect(windowBounds({ x: 2000, y: 100, width: 1000, height: 700 }, [main])).toEqual({
    x: 460,
    y: 175,
    width: 1000,
    height: 700,
  })
})

test('a window over the edge is moved inside', () => {
  expect(windowBounds({ x: -500, y: 900, width: 1000, height: 700 }, [main])).toEqual({
    x: 0,
    y: 350,
    width: 1000,
    height: 700,
  })
})

test('any saved bounds and displays give a window inside one display that is large enough', () => {
  const box = fc.record({
    x: fc.integer({ min: -5000, max: 5000 }),
    y: fc.integer({ min: -5000, max: 5000 }),
    width: fc.integer({ min: 1, max: 8000 }),
    height: fc.integer({ min: 1, max: 8000 }),
  })
  const display = box.map((any) => ({ ...any, width: Math.max(any.width, 800), height: Math.max(any.height, 600) }))
  fc.assert(
    fc.property(
      fc.option(box, { nil: undefined }),
      fc.array(display, { minLength: 1, maxLength: 4 }),
      (left, displays) => {
        const placed = windowBounds(left, displays)
        const inside = displays.some(
          (area) =>
            placed.x >= area.x &&
            placed.y >= area.y &&
            placed.x + placed.width <= area.x + area.width &&
            placed.y + placed.height <= area.y + area.height,
        )
        return inside && placed.width >= smallestWindow.width && placed.height >= smallestWindow.height
      },
    ),
  )
})
