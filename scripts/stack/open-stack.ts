import { findCompose } from '../bootstrap/engine.mjs'
import { ComposeStack } from './compose.ts'
import { NativeStack } from './native.ts'
import type { Stack } from './stack.ts'

/** Containers where an engine answers, else the same programs natively; REMO_STACK=docker|native decides. */
export function openStack(): Stack {
  const compose = findCompose()
  return compose ? new ComposeStack(compose) : new NativeStack()
}
