import { afterEach, describe, expect, test } from 'vitest'
import { ConsoleRun } from './console-run.ts'
import { withoutUnfired } from './timeline-lines.ts'
import { readScenarios, type Scenario } from './scenario-file.ts'

const runs: ConsoleRun[] = []
afterEach(() => {
  for (const run of runs.splice(0)) run.remove()
})

const linesOf = (scenario: Scenario, restarts: boolean) => {
  const run = new ConsoleRun(scenario)
  runs.push(run)
  run.run(scenario, restarts)
  return { timeline: run.lines(), popups: run.popups }
}

describe.each(readScenarios())('$file', (scenario) => {
  test(`a console: ${scenario.title}`, () => {
    const { timeline, popups } = scenario
    expect(linesOf(scenario, false)).toEqual({ timeline: withoutUnfired(timeline), popups })
  })

  test(`a console that restarts again and again: ${scenario.title}`, () => {
    expect(linesOf(scenario, true).timeline).toEqual(withoutUnfired(scenario.timeline))
  })
})
