import { testVectors } from '../../../tests/support/format-vectors.ts'

testVectors('mapping')
