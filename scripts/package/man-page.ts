import { helpText } from '../../src-shared/settings/help-text.ts'

interface ManPageFacts {
  readonly version: string
  /** Epoch milliseconds. */
  readonly at: number
}

/** `remo.1` in the format of man(7). Options and variables are those of `--help`. */
export function manPage({ version, at }: ManPageFacts): string {
  const date = new Date(at).toISOString().slice(0, 10)
  return [
    `.TH REMO 1 "${date}" "ReMo ${version}" "User Commands"`,
    '.SH NAME',
    'remo \\- desktop operator console for metrics in Kafka',
    '.SH SYNOPSIS',
    '.B remo',
    '.RI [ options ]',
    '.RI [ link ]',
    '.SH DESCRIPTION',
    roff(
      'ReMo reads the metrics of servers straight from Kafka, shows them live, and raises a native notification when a ' +
        'value crosses a threshold, even with its window closed. A second start shows the window of the first one.',
    ),
    '.PP',
    roff(
      'A link opens a place: remo://alert/<id> an alert, remo://connect?... the form of a new connection. Everything ' +
        'else is set up in the window: Settings.',
    ),
    '.SH OPTIONS',
    ...entries('Usage: remo [options]\n'),
    '.SH COMMANDS',
    roff('The thresholds of a backend, as a YAML file. --help has the options and the variables with the user.'),
    ...entries('Commands'),
    '.SH ENVIRONMENT',
    'A flag overrides its variable, a variable overrides the settings file.',
    ...entries('Environment'),
    '.SH FILES',
    '.TP',
    '.I ~/.local/share/remo',
    'Cache, settings.json and logs.',
    '.TP',
    '.I ~/.config/autostart/remo.desktop',
    'Start on login, if the setting is on.',
    '.SH EXIT STATUS',
    ...['0  success', '1  failure', '2  invalid setting or argument'].flatMap((line) => [
      '.TP',
      `.B ${line[0] ?? ''}`,
      line.slice(3),
    ]),
    'After SIGHUP, SIGINT or SIGTERM: 129, 130 or 143.',
    '',
  ].join('\n')
}

/** Lines of one part of the help text, such as `  --demo   simulated servers`. */
function entries(title: string): string[] {
  const part =
    helpText
      .slice(helpText.indexOf(title))
      .split('\n\n')
      .find((text) => /^ {2}\S/m.test(text)) ?? ''
  return part.split('\n').flatMap((line) => {
    const [, name, meaning] = /^ {2}((?:rules )?\S+(?: <[^>]+>)?) +(.*)$/.exec(line) ?? []
    return name === undefined || meaning === undefined ? [] : ['.TP', `.B ${roff(name)}`, roff(meaning)]
  })
}

/** A dash of an option is not a hyphen; a line that begins with a dot or a quote is a request. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^(?=[.'])/gm, '\\&')
}
