import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jsonObject } from './history-json.ts'

async function* chunksOf(text: string, size: number): AsyncGenerator<Buffer> {
  for (let i = 0; i < text.length; i += size) yield await Promise.resolve(Buffer.from(text.slice(i, i + size)))
}

test('lines become lists by name, wherever the stream is cut', async () => {
  const lists = fc.dictionary(fc.string(), fc.array(fc.integer(), { maxLength: 5 }), { maxKeys: 4 })
  await fc.assert(
    fc.asyncProperty(lists, fc.integer({ min: 1, max: 12 }), async (byName, size) => {
      const lines = (name: string) => (byName[name] ?? []).map((n) => `${n}\n`).join('')
      const chunks: Buffer[] = []
      for await (const chunk of jsonObject(Object.keys(byName), (name) => chunksOf(lines(name), size)))
        chunks.push(chunk)
      const filled = Object.entries(byName).filter(([, list]) => list.length > 0)
      expect(JSON.parse(Buffer.concat(chunks).toString())).toEqual(Object.fromEntries(filled))
    }),
  )
})
