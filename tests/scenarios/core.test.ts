import { describe, expect, test } from 'vitest'
import { runInCore } from './core-run.ts'
import { readScenarios } from './scenario-file.ts'

describe.each(readScenarios())('$file', (scenario) => {
  test(`the evaluator: ${scenario.title}`, () => {
    const ofPeople = /acknowledg|silence/
    expect(runInCore(scenario)).toEqual(scenario.timeline.filter((line) => !ofPeople.test(line)))
  })
})
