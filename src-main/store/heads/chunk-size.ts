import { headCapacity, type Head } from './head.ts'

/** Bytes of all rows in heads, about. With more parts, heads become chunks earlier. */
const mostHeadBytes = 96 * 1024 * 1024

/** Bytes of a page for chunks, and what a chunk takes of them beside its data. */
const pageBytes = 4088
const chunkOverhead = 48

/**
 * Bytes of a full chunk. With its other columns it fills a page of 4096 bytes; two fill one of 8192, which older files
 * have.
 */
export const fullBytes = pageBytes - chunkOverhead

/** A chunk with a smaller part of the bytes is not full yet, if the head has room for more records. */
const nearlyFull = 0.98

export function isNearlyFull({ length }: Buffer): boolean {
  return length >= nearlyFull * fullBytes
}

/** Bytes of the largest chunk of no more than `data` of which a whole number fills a page. */
export function fittingBytes({ length }: Buffer): number {
  const ofPage = Math.max(1, Math.ceil(pageBytes / (length + chunkOverhead)))
  return Math.max(Math.floor(pageBytes / ofPage) - chunkOverhead, 1)
}

/** Most records of a head, so that all heads together fit into memory. */
export function mostRecords({ metrics }: Head, partCount: number): number {
  const rowBytes = 8 * (metrics.length + 1)
  return Math.min(headCapacity, Math.max(Math.floor(mostHeadBytes / (rowBytes * partCount)), 16))
}

/** Records that fill a page, if their values need as many bits as those of most servers, or as many as fit into memory. */
export function fullRecords(head: Head, partCount: number): number {
  const full = Math.floor(fullBytes / (0.2 + 1.4 * Math.max(head.metrics.length, 1)))
  return Math.min(mostRecords(head, partCount), full)
}
