import { BrokerAddress } from './broker-address.ts'

/** `problem`: one sentence that says what was meant. `notes`: what was changed to understand the text. */
export type BrokerListResult =
  | { readonly ok: true; readonly brokers: readonly string[]; readonly notes: readonly string[] }
  | { readonly ok: false; readonly problem: string }

export function parseBrokers(text: string): BrokerListResult {
  const brokers = text.split(/[\s,;]+/).filter((part) => part !== '').map((part) => part.replace(/^\w+:\/\//, ''))
  if (brokers.length === 0) return { ok: false, problem: 'Enter at least one broker, such as kafka-1.example.net:9092.' }
  for (const one of brokers) if (!BrokerAddress.safeParse(one).success) return { ok: false, problem: `${one} has no port.` }
  return { ok: true, brokers, notes: text.includes('://') ? [`ReMo connects to ${brokers.join(', ')}.`] : [] }
}
