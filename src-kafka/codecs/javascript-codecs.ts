// Types of packages that publish none: an import cannot bring an ambient declaration in, only this can.
// eslint-disable-next-line @typescript-eslint/triple-slash-reference
/// <reference path="./codec-modules.d.ts" />
export { default as lz4 } from 'lz4js'
export { default as snappy } from 'snappyjs'
