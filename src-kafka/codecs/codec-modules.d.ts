declare module 'snappyjs' {
  const snappy: {
    /** @throws if the block is damaged or exceeds `maxLength` bytes */
    uncompress(compressed: Uint8Array, maxLength?: number): Uint8Array
    compress(uncompressed: Uint8Array): Uint8Array
  }
  export default snappy
}

declare module 'lz4js' {
  const lz4: {
    /**
     * Decompresses one block into `target`, from `targetIndex`.
     * @returns the index after the last byte written
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
