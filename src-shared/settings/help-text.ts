/**
 * Text of `--help`. `scripts/bootstrap/help.mjs` evaluates this file as JavaScript, on a Node that cannot load
 * TypeScript: no imports and no types here.
 */
export const helpText = `ReMo: desktop operator console

Usage: remo [options]

  --hidden            start in the tray, without a window
  --data-dir <path>   folder for the cache, settings and logs
  --team <name>       team on a Kafka that several teams share
  --version           print the version and exit
  --help              print this help and exit

Environment
  KAFKA_BOOTSTRAP_SERVERS   Kafka brokers, host:port, comma-separated (localhost:9092)
  KAFKA_TOPIC_PATTERN       regular expression for the topics to read (^metrics-)
  KAFKA_AUTO_OFFSET_RESET   where a new cache begins to read: latest, earliest, or a duration such as 60m (60m)
  KAFKA_CLIENT_RACK         rack or zone of this computer, to read from the nearest replica (none)
  KAFKA_SECURITY_PROTOCOL   PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL (PLAINTEXT)
  KAFKA_SASL_MECHANISM      PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512 (PLAIN)
  KAFKA_SASL_USERNAME       required with SASL
  KAFKA_SASL_PASSWORD       required with SASL; or KAFKA_SASL_PASSWORD_FILE, a file that holds it
  KAFKA_SSL_CA              PEM file of the CA that signed the broker certificates (default: Node's list)
  KAFKA_SSL_CERT            PEM file of the client certificate, if brokers require one
  KAFKA_SSL_KEY             PEM file of the client key, without a passphrase
  REMO_DATA_DIR             same as --data-dir
  REMO_BACKEND_URL          URL of the backend, http or https (unset: standalone)
  REMO_TEAM                 same as --team
  PROMETHEUS_PORT           port of /metrics on 127.0.0.1; 0 picks a free one (9464)
  REMO_LOG_LEVEL            debug, info, warn or error (info)
`
