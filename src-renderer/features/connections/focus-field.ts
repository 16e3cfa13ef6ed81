import { tick } from 'svelte'
import type { FormField } from './connection-form.ts'

/** Moves the focus to a field of the connection form, once it is on the page. */
export async function focusField(field: FormField): Promise<void> {
  await tick()
  document.getElementById(`connection-${field}`)?.focus()
}
