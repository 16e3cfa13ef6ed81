/**
 * Text of `--help`. `scripts/bootstrap/help.mjs` evaluates this file as JavaScript, on a Node that cannot load
 * TypeScript: no imports and no types here.
 */
export const helpText = `ReMo: desktop operator console

Usage: remo [options]
       remo rules <check|diff|apply> <file> [options]

  --profile <name>    use this saved connection, beside a console that uses another one
  --demo              simulated servers inside the app, without Kafka
  --hidden            start in the tray, without a window
  --minimized         same as --hidden
  --do-not-disturb <15m|1h|4h|morning|off>
                      hold notifications back, here or in the ReMo that runs already
  --data-dir <path>   folder for the cache, settings and logs
  --config <file>     settings file (settings.json in the data folder)
  --log-level <level> debug, info, warn or error
  --team <name>       team on a Kafka that several teams share
  --check-config      validate the settings, test the connection, and exit with 0, 1 or 2
  --reset-settings    start with default settings; the old file is kept, connections stay
  --disable-gpu       draw without the graphics card
  --version           print the version and exit
  --help              print this help and exit

Commands, for thresholds in a file
  rules check <file>  say what is wrong in the file, and where; needs no backend
  rules diff <file>   say in what the thresholds of the backend differ from the file
  rules apply <file>  make the thresholds of the backend equal to the file, all or none
                      --backend <url>       the backend (REMO_BACKEND_URL)
                      --managed --revision <version>
                                            they change with the file alone from now on
                      --unmanaged           end that; the file is optional then
                      The user is REMO_BACKEND_USER, with the password in the file
                      REMO_BACKEND_PASSWORD_FILE; or REMO_BACKEND_TOKEN, an access token.
                      Exits with 0, with 1 for problems or differences, with 2 for wrong arguments

Environment (a flag overrides a variable, a variable overrides the settings file)
  KAFKA_BOOTSTRAP_SERVERS   Kafka brokers, host:port, comma-separated (localhost:9092)
  KAFKA_TOPIC_PATTERN       regular expression for the topics to read (^metrics-)
  KAFKA_AUTO_OFFSET_RESET   where a new cache begins: latest, earliest, or a duration such as 60m (60m)
  KAFKA_CLIENT_RACK         rack or zone of this computer, to read from the nearest replica (none)
  KAFKA_SECURITY_PROTOCOL   PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL (PLAINTEXT)
  KAFKA_SASL_MECHANISM      PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512 (PLAIN)
  KAFKA_SASL_USERNAME       required with SASL
  KAFKA_SASL_PASSWORD       required with SASL; or KAFKA_SASL_PASSWORD_FILE, a file that holds it
  KAFKA_SSL_CA              PEM file of the CAs that may sign the broker certificates (those of the system)
  KAFKA_SSL_CERT            PEM file of the client certificate, if brokers require one
  KAFKA_SSL_KEY             PEM file of the client key, without a passphrase
  REMO_DATA_DIR             same as --data-dir
  REMO_BACKEND_URL          URL of the backend, http or https (unset: standalone)
  REMO_TEAM                 same as --team
  REMO_THEME                system, light or dark (system)
  REMO_TIME_ZONE            local or utc (local)
  REMO_KEEP_DAYS            days to keep samples (14)
  REMO_KEEP_GIGABYTES       size of the cache, GB; the oldest samples go first (2)
  REMO_SILENCE_LONGEST_DAYS  days that a silence lasts at most (30)
  PROMETHEUS_PORT           port of /metrics on 127.0.0.1; 0 picks a free one (9464)
  REMO_PROMETHEUS_NODE_SERIES  on or off: values of each node in /metrics (on)
  REMO_PROMETHEUS_ALL_METRICS  on or off: its other metrics too (off)
  REMO_EXTRA_CA_CERTS       PEM file of more CAs to trust, in addition to those of the system (none)
  REMO_UPDATE_FEED          https address of the folder with updates (unset: ReMo asks nobody)
  REMO_UPDATE_KEY           Ed25519 public key that signs these updates, base64
  REMO_UPDATE_CHECK         on or off: ask after the start and once a day (off)
  REMO_LOG_LEVEL            debug, info, warn or error (info)
  REMO_LOG_FORMAT           text, or json with one object on a line (text)
`
