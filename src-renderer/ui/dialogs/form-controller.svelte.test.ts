import { expect, test } from 'vitest'
import { FormController } from './form-controller.svelte.ts'

interface Fields {
  readonly name: string
}
const aForm = (ok: boolean, onsent?: (value: string) => void) => {
  const sent: Fields[] = []
  const form = new FormController<Fields, string>({
    empty: { name: '' },
    problemsOf: ({ name }) => (name === '' ? { name: 'Enter a name.' } : {}),
    send: (fields) => {
      sent.push(fields)
      return Promise.resolve(ok ? { ok, value: fields.name } : { ok, error: { message: 'Refused.' } })
    },
    ...(onsent && { onsent }),
  })
  form.start()
  return { form, sent }
}

test('shows problems after the first attempt, and sends nothing', async () => {
  const { form, sent } = aForm(true)
  expect(form.problems).toEqual({})
  await form.submit()
  expect([form.problems, sent]).toEqual([{ name: 'Enter a name.' }, []])
})

test('closes after sending, clears the fields and hands over the value', async () => {
  const values: string[] = []
  const { form } = aForm(true, (value) => values.push(value))
  form.set({ name: 'anna' })
  await form.submit()
  expect([values, form.open, form.done, form.fields]).toEqual([['anna'], false, false, { name: '' }])
})

test('without a receiver, stays open and is done until the next start', async () => {
  const { form } = aForm(true)
  form.set({ name: 'anna' })
  await form.submit()
  expect([form.open, form.done, form.fields]).toEqual([true, true, { name: '' }])
  form.start()
  expect(form.done).toBe(false)
})

test('shows a refusal and keeps the fields until one changes', async () => {
  const { form } = aForm(false, () => undefined)
  form.set({ name: 'anna' })
  await form.submit()
  expect([form.open, form.problem?.message, form.fields]).toEqual([true, 'Refused.', { name: 'anna' }])
  form.set({ name: 'ben' })
  expect(form.problem).toBeUndefined()
})

test('sends once while a request is running', async () => {
  const { form, sent } = aForm(true)
  form.set({ name: 'anna' })
  await Promise.all([form.submit(), form.submit()])
  expect(sent).toHaveLength(1)
})
