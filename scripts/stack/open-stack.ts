import { findCompose } from '../bootstrap/find-compose.mjs'
import { ComposeStack } from './compose-stack.ts'
import { NativeStack } from './native-stack.ts'
import type { Stack } from './stack-types.ts'

/** Containers if an engine answers, else the same programs natively; REMO_STACK=docker|native overrides. */
export function openStack(): Stack {
  const compose = findCompose()
  return compose ? new ComposeStack(compose) : new NativeStack()
}
