import { z } from 'zod'

export const epochMs = z.number().gte(0).lte(8.64e15)
export const nothing = z.strictObject({})
