export interface ServiceState {
  name: string
  /** Such as "running", "healthy", "stopped". */
  state: string
  running: boolean
}

/** The server side of ReMo: Kafka, PostgreSQL, backend, four producers, Prometheus. */
export interface Stack {
  /** Shown to the user: how the stack runs. */
  readonly kind: string
  /** KAFKA_BOOTSTRAP_SERVERS for programs on this machine. */
  readonly bootstrap: string
  /** REMO_BACKEND_URL for programs on this machine. */
  readonly backend: string
  isUp(): Promise<boolean>
  /** Starts stopped parts; resolves when all are healthy. */
  up(): Promise<void>
  /** Stops all and keeps the data. */
  down(): Promise<void>
  status(): Promise<ServiceState[]>
  /** Shows the logs as they grow, until interrupted. */
  followLogs(): Promise<number>
  /** Stops all and deletes the data. */
  reset(): Promise<void>
}
