/** Arguments of `remo rules`. */
export interface RulesArguments {
  readonly action: 'check' | 'diff' | 'apply'
  /** Path; `undefined` with `unmanaged` alone. */
  readonly file: string | undefined
  readonly backend: string | undefined
  /** Version of the file, such as a commit: from now on, the rules change with the file alone. */
  readonly managedAt: string | undefined
  readonly unmanaged: boolean
}

const actions = ['check', 'diff', 'apply'] as const

/** A text is a sentence about a wrong argument. */
export function readRulesArguments(args: readonly string[]): RulesArguments | string {
  const values = new Map<string, string>()
  const switches = new Set<string>()
  const plain: string[] = []
  const rest = [...args]
  for (let argument = rest.shift(); argument !== undefined; argument = rest.shift()) {
    const [flag = '', given] = argument.split(/=(.*)/s, 2)
    if (flag === '--backend' || flag === '--revision') {
      const value = given ?? rest.shift()
      if (value === undefined || value === '') return `${flag}: expected a value after it.`
      values.set(flag, value)
    } else if (argument === '--managed' || argument === '--unmanaged') switches.add(argument)
    else if (argument.startsWith('-')) return `${argument}: unknown option of rules.`
    else plain.push(argument)
  }
  return checked(plain, { switches, revision: values.get('--revision'), backend: values.get('--backend') })
}

interface Options {
  readonly switches: ReadonlySet<string>
  readonly revision: string | undefined
  readonly backend: string | undefined
}

function checked(plain: readonly string[], { switches, revision, backend }: Options): RulesArguments | string {
  const [word, file, extra] = plain
  const action = actions.find((each) => each === word)
  const [managed, unmanaged] = [switches.has('--managed'), switches.has('--unmanaged')]
  if (action === undefined) return 'Write rules check, rules diff or rules apply, and a file.'
  if (extra !== undefined) return `${extra}: only one file is read.`
  if (file === undefined && !unmanaged) return `Write the file after rules ${action}.`
  if (action !== 'apply' && (managed || unmanaged)) return '--managed and --unmanaged belong to rules apply.'
  if (managed && unmanaged) return 'Write --managed or --unmanaged, not both.'
  if (managed !== (revision !== undefined)) return '--managed and --revision belong together.'
  return { action, file, backend, managedAt: revision, unmanaged }
}
