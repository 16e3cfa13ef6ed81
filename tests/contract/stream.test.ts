import { describe } from 'vitest'
import { streamOn } from './stream-broker.ts'
import { streamContract } from './stream-contract.ts'

describe('the kafkajs stream', () => streamContract(streamOn))
