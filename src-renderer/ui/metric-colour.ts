const names: Record<string, string> = {
  cpu_usage: '--s-cpu',
  memory_usage: '--s-mem',
  disk_io: '--s-disk',
  network_traffic: '--s-net',
}

/** Custom property that holds the line colour of a metric; metrics of strangers share the neutral one. */
export function colourName(metric: string): string {
  return names[metric] ?? '--text-2'
}
