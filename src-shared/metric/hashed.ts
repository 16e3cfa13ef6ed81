/** One step of the hash of a text, for its next byte. */
export function hashed(hash: number, byte: number): number {
  return (Math.imul(hash, 31) + byte) | 0
}
