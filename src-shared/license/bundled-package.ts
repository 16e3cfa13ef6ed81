import { z } from 'zod'

/**
 * A library in the app, with the texts of its license. The build writes them beside each bundle; About shows them, and
 * a release lists them. A library may have several texts: its license, a notice, and licenses of code it took over.
 */
export const BundledPackage = z.strictObject({
  name: z.string(),
  version: z.string(),
  /** SPDX expression. */
  license: z.string(),
  /** Each with the name of its file. */
  texts: z.array(z.strictObject({ title: z.string(), text: z.string() })),
  /** Why license or text are not as the package has them. */
  note: z.string().optional(),
})
export type BundledPackage = z.infer<typeof BundledPackage>
