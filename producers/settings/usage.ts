/**
 * What `--help` prints. `scripts/bootstrap/help.mjs` evaluates this file as JavaScript, on a Node that cannot load
 * TypeScript: no imports and no types here.
 */
export const usage = `Publishes a node's metrics to Kafka.

  node producers/main.ts                              one node, set by the environment
  node producers/main.ts --nodes 2000 --interval 1    a simulated fleet, for tests and benches

Environment (each also as NAME_FILE, the path of a file that holds the value):
  NODE_ID                   id of the node; required without --nodes
  NODE_NAME                 display name (default: NODE_ID)
  KAFKA_TOPIC               default metrics-<node id>
  METRIC_INTERVAL           seconds between two measurements (default 5; fractions allowed)
  METRIC_SOURCE             host | simulated (default host)
  SEED                      makes a simulated node reproducible (default: the number at the end of NODE_ID)
  REMO_LOG_FORMAT           text | json, one object on a line (default text)
  KAFKA_BOOTSTRAP_SERVERS   host:port, several separated by commas (default 127.0.0.1:9092)
  KAFKA_SECURITY_PROTOCOL   PLAINTEXT | SSL | SASL_PLAINTEXT | SASL_SSL (default PLAINTEXT)
  KAFKA_SASL_MECHANISM      PLAIN | SCRAM-SHA-256 | SCRAM-SHA-512 (default PLAIN)
  KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD
  KAFKA_SSL_CA, KAFKA_SSL_CERT, KAFKA_SSL_KEY         paths of PEM files

Flags (override the environment):
  --nodes <n>        number of simulated nodes: load-1, load-2, ...
  --prefix <text>    prefix of their ids (default: load)
  --interval <s>     same as METRIC_INTERVAL
  --topic <name>     one topic for all nodes, keyed by node id
                     (default: one topic per node up to 200 nodes, then metrics-fleet)
  --partitions <n>   partitions of a new topic (default 1; metrics-fleet 8)
  --count <n>        stop after n measurements per node
  --backlog          publish --count past measurements as fast as Kafka takes them
  --seed <n>         same as SEED; node i of a fleet uses seed + i - 1
  --help, --version

Exit codes: 0 all records stored, 1 failure, 2 invalid setting, 130 or 143 after a signal.
`
