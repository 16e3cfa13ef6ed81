import { expect, test } from 'vitest'
import { aRule } from '#shared/rule/rule-builders.ts'
import { levelScale } from './level-scale.ts'

test('levels of a percentage lie at their place on 0 to 100', () => {
  expect(levelScale(aRule(), 100)).toEqual({
    segments: [
      { look: 'ok', width: 75 },
      { look: 'between', width: 10 },
      { look: 'warning', width: 10 },
      { look: 'critical', width: 5 },
    ],
    ticks: [
      { level: 75, at: 75 },
      { level: 85, at: 85 },
      { level: 95, at: 95 },
    ],
  })
})

test('for less than, the critical end is the low one', () => {
  const { warning: _warning, clear: _clear, ...rule } = aRule({ condition: 'less', critical: 10 })
  expect(levelScale(rule, 100).segments).toEqual([
    { look: 'critical', width: 10 },
    { look: 'ok', width: 90 },
  ])
})
