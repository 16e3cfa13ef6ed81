import type { BundledPackage } from '../../src-shared/license/bundled-package.ts'

const line = '='.repeat(80)

/** All texts of licenses that must come with the app, in one file for people. */
export function thirdPartyLicenses(version: string, packages: readonly BundledPackage[]): string {
  const head = [
    `Licenses of the software in ReMo ${version}`,
    '',
    'ReMo itself is under the MIT license, in the file LICENSE. It contains the packages below.',
    'Electron contains Chromium and Node.js. Their licenses are in LICENSES.chromium.html, beside the program.',
    '',
    ...packages.map(({ name, version: own, license }) => `  ${name} ${own}: ${license}`),
  ]
  const sections = packages.map(({ name, version: own, license, texts, note }) =>
    [
      line,
      `${name} ${own}`,
      `License: ${license}`,
      ...(note === undefined ? [] : [`Note: ${note}`]),
      line,
      '',
      ...texts.flatMap(({ title, text }) => [`--- ${title}`, '', text.trimEnd(), '']),
    ].join('\n'),
  )
  return `${[head.join('\n'), '', ...sections].join('\n')}\n`
}
