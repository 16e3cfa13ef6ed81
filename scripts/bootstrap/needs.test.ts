import { describe, expect, test } from 'vitest'
import { needsOf, runsOn, testStages } from './needs.mjs'
import { UserError } from './console-output.mjs'

describe('needsOf', () => {
  test('an unknown command and an unknown test stage are refused with a message', () => {
    expect(() => needsOf('run', [])).toThrow(UserError)
    expect(() => needsOf(undefined, [])).toThrow('start|dev|stack|producer|bench|test')
    expect(() => needsOf('test', ['units'])).toThrow('Unknown test stage "units"')
  })

  test('a stage that takes long runs only if it is named, and then on Linux', () => {
    const onlyUnits = needsOf('test', ['unit'])
    expect(Object.keys(testStages)).not.toContain('field')
    expect(needsOf('test', ['field'])).toEqual({ ...onlyUnits, missing: expect.any(Function) })
    expect(runsOn('field', 'linux')).toBe(true)
    expect(runsOn('field', 'darwin')).toBe(false)
  })

  test('property names of every object are not commands', () => {
    expect(() => needsOf('constructor', [])).toThrow(UserError)
  })

  test('only commands that open a window require Electron', () => {
    const electron = (command: string, ...args: string[]) => needsOf(command, args).electron
    expect(electron('start')).toBe(true)
    expect(electron('test')).toBe(true)
    expect(electron('test', 'containers')).toBe(true)
    expect(electron('test', 'lint', 'unit', 'integration')).toBe(false)
    expect(electron('stack', 'up')).toBe(false)
  })

  test('the keychain is provided for a window and for its contract suite', () => {
    const keychain = (command: string, ...args: string[]) => {
      const needs = needsOf(command, args)
      return needs.electron || needs.keychain === true
    }
    expect([
      keychain('start'),
      keychain('test', 'integration'),
      keychain('test', 'unit'),
      keychain('stack', 'up'),
    ]).toEqual([true, true, false, false])
  })
})

test('Windows and macOS run the stages that need nothing of Linux', () => {
  const stages = Object.keys(testStages)
  const here = (platform: NodeJS.Platform) => stages.filter((stage) => runsOn(stage, platform))
  expect(here('linux')).toEqual(stages)
  expect(here('win32')).toEqual(here('darwin'))
  expect(here('win32')).toEqual(expect.arrayContaining(['lint', 'types', 'unit']))
  expect(here('win32')).not.toContain('e2e')
})
