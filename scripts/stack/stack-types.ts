export interface ServiceState {
  name: string
  /** As in "running", "healthy", "stopped". */
  state: string
  running: boolean
}

/** The server side of ReMo: Kafka, PostgreSQL, backend, four producers, Prometheus. */
export interface Stack {
  /** How it runs, for the user. */
  readonly kind: string
  /** For KAFKA_BOOTSTRAP_SERVERS of programs on this machine. */
  readonly bootstrap: string
  /** For REMO_BACKEND_URL. */
  readonly backend: string
  isUp(): Promise<boolean>
  /** Starts what does not run; returns when all of it is healthy. */
  up(): Promise<void>
  /** Stops all of it; the data stays. */
  down(): Promise<void>
  status(): Promise<ServiceState[]>
  /** Shows the logs as they grow, until interrupted. */
  followLogs(): Promise<number>
  /** Stops all of it and deletes its data. */
  reset(): Promise<void>
}
