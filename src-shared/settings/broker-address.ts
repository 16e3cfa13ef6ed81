import { z } from 'zod'

/** `host:port`, or `[address]:port` for IPv6. */
export const BrokerAddress = z.string().refine(isBroker, 'expected host:port')

/** Brokers as one text, comma-separated. */
export const BrokerList = z
  .string()
  .transform((list) => list.split(',').map((broker) => broker.trim()))
  .refine((list) => list.every(isBroker), 'expected host:port, comma-separated')

function isBroker(text: string): boolean {
  const match = /^(?:[^\s:/[\]]+|\[[\da-fA-F:.]+\]):(\d{1,5})$/.exec(text)
  const value = Number(match?.[1] ?? 0)
  return value >= 1 && value <= 65_535
}
