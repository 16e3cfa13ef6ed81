/**
 * kafkajs 2.2.4 sets timers with negative delays, for which Node 24 prints a warning once a process
 * (https://github.com/tulios/kafkajs/issues/1751). It is harmless and nothing an operator can act on.
 */
export function silenceNegativeTimerWarning(): void {
  const printers = process.listeners('warning')
  process.removeAllListeners('warning')
  process.on('warning', (warning) => {
    if (warning.name !== 'TimeoutNegativeWarning') for (const print of printers) print(warning)
  })
}
