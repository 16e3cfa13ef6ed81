/**
 * One sample of a Prometheus endpoint; `undefined` if nothing answers, or the series does not exist.
 * @param labels in exposition format: `node="a"`
 */
export async function readMetric(url: string, name: string, labels = ''): Promise<number | undefined> {
  const response = await fetch(url).catch(() => undefined)
  if (response === undefined) return undefined
  const series = labels === '' ? name : `${name}{${labels}}`
  const line = (await response.text()).split('\n').find((text) => text.startsWith(`${series} `))
  return line === undefined ? undefined : Number(line.slice(series.length + 1))
}
