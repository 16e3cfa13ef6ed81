import { decodeBatch } from '../src-kafka/records/decode-batch.ts'
