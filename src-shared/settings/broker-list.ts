/** `problem`: one sentence that says what was meant. `notes`: what was changed to understand the text. */
export type BrokerListResult =
  | { readonly ok: true; readonly brokers: readonly string[]; readonly notes: readonly string[] }
  | { readonly ok: false; readonly problem: string }
