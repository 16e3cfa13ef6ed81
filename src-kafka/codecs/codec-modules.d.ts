declare module 'snappyjs' {
  const snappy: {
    /** @throws when the block is damaged or holds more than `maxLength` bytes */
    uncompress(compressed: Uint8Array, maxLength?: number): Uint8Array
    compress(uncompressed: Uint8Array): Uint8Array
  }
  export default snappy
}

declare module 'lz4js' {
  const lz4: {
    /**
     * Decompresses one block to `target` from `targetIndex` on.
     * @returns the index behind what it wrote
     */
    decompressBlock(
      source: Uint8Array,
      target: Uint8Array,
      sourceIndex: number,
      sourceLength: number,
      targetIndex: number,
    ): number
    compress(source: Uint8Array): Uint8Array
  }
  export default lz4
}
