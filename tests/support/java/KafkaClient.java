import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Kafka's own producer and admin client for tests. Reads one command a line and answers each with one line:
 * {@code ok <result>} or {@code error <reason>}. Its one argument is the bootstrap address.
 */
public final class KafkaClient {
  private static final Map<String, KafkaProducer<String, String>> producers = new HashMap<>();
  private static final Map<String, Flow> flows = new HashMap<>();
  private static String bootstrap;
  private static Admin admin;

  public static void main(String[] args) throws Exception {
    bootstrap = args[0];
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    for (var line = in.readLine(); line != null; line = in.readLine()) {
      var words = line.split(" ");
      var values = new ArrayList<String>();
      if (words[0].equals("send")) for (var n = Integer.parseInt(words[4]); n > 0; n--) values.add(in.readLine());
      if (words[0].equals("flow")) values.add(in.readLine());
      String answer;
      try {
        answer = "ok " + run(words, values);
      } catch (Exception error) {
        answer = "error " + String.valueOf(error).replace('\n', ' ');
      }
      out.println(answer);
    }
    // Open transactions stay open: only the broker's time limit ends them.
    Runtime.getRuntime().halt(0);
  }

  private static String run(String[] words, List<String> values) throws Exception {
    switch (words[0]) {
      case "producer" -> producers.put(words[1], producer(words));
      case "begin" -> producers.get(words[1]).beginTransaction();
      case "send" -> send(producers.get(words[1]), words[2], Integer.parseInt(words[3]), values);
      case "commit" -> producers.get(words[1]).commitTransaction();
      case "abort" -> producers.get(words[1]).abortTransaction();
      case "flow" -> flows.put(words[1], new Flow(producers.get(words[1]), words, values.get(0)));
      case "sent" -> { return flows.get(words[1]).sent(); }
      case "halt" -> { return flows.get(words[1]).halt(); }
      case "lead" -> lead(words[1], Integer.parseInt(words[2]), Integer.parseInt(words[3]));
      default -> throw new IllegalArgumentException("unknown command " + words[0]);
    }
    return "";
  }

  /** {@code producer <name> <compression> <transactional id, or -> <time limit of a transaction, ms>} */
  private static KafkaProducer<String, String> producer(String[] words) {
    var settings = new Properties();
    settings.put("bootstrap.servers", bootstrap);
    settings.put("acks", "all");
    settings.put("enable.idempotence", "true");
    settings.put("compression.type", words[2]);
    settings.put("linger.ms", "5");
    settings.put("delivery.timeout.ms", "120000");
    settings.put("request.timeout.ms", "5000");
    var transactional = !words[3].equals("-");
    if (transactional) settings.put("transactional.id", words[3]);
    if (transactional) settings.put("transaction.timeout.ms", words[4]);
    var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
    if (transactional) producer.initTransactions();
    return producer;
  }

  /** All in one batch if they fit. Returns when the broker has stored them. */
  private static void send(KafkaProducer<String, String> producer, String topic, int partition, List<String> values)
      throws Exception {
    var answers = new ArrayList<Future<RecordMetadata>>();
    for (var value : values) answers.add(producer.send(new ProducerRecord<>(topic, partition, null, value)));
    producer.flush();
    for (var answer : answers) answer.get();
  }

  /** Makes the broker the leader of one partition, by a preferred election. Returns when it leads. */
  private static void lead(String topic, int partition, int broker) throws Exception {
    if (admin == null) admin = Admin.create(Map.of("bootstrap.servers", bootstrap, "request.timeout.ms", "5000"));
    var place = new TopicPartition(topic, partition);
    for (var deadline = System.nanoTime() + 30_000_000_000L; ; Thread.sleep(50)) {
      try {
        if (isLedBy(place, broker)) return;
      } catch (ExecutionException error) {
        // A broker may not know a new topic yet, nor another one's new leader.
        if (System.nanoTime() > deadline) throw error;
      }
      if (System.nanoTime() > deadline) throw new IllegalStateException(place + " is not led by " + broker);
    }
  }

  /** Asks for an election if it is not. The election fails while the broker is no replica in sync. */
  private static boolean isLedBy(TopicPartition place, int broker) throws Exception {
    var now = described(place);
    if (now.leader() != null && now.leader().id() == broker) return true;
    var others = now.replicas().stream().map(Node::id).filter(id -> id != broker);
    var order = Stream.concat(Stream.of(broker), others).toList();
    admin.alterPartitionReassignments(Map.of(place, Optional.of(new NewPartitionReassignment(order)))).all().get();
    admin.electLeaders(ElectionType.PREFERRED, Set.of(place)).partitions().get();
    return false;
  }

  private static TopicPartitionInfo described(TopicPartition place) throws Exception {
    var topics = admin.describeTopics(List.of(place.topic())).allTopicNames().get();
    return topics.get(place.topic()).partitions().get(place.partition());
  }

  /**
   * {@code flow <producer> <topic> <partitions> <records a second> <nodes a partition>}, then a line with the value.
   * Sends to all partitions in turn, at a steady pace. In the value, {seq} is the number of the record in its partition,
   * {partition} its partition, {node} the number of its node, and {time} the time at which it is due: no two records of a
   * node have the same.
   */
  private static final class Flow {
    private final KafkaProducer<String, String> producer;
    private final String topic;
    private final long[] sent;
    private final int perSecond;
    private final int nodes;
    private final String value;
    private final Instant began = Instant.now();
    private final Thread thread;
    private volatile boolean halted;
    private volatile Exception failure;

    Flow(KafkaProducer<String, String> producer, String[] words, String value) {
      this.producer = producer;
      this.topic = words[2];
      this.sent = new long[Integer.parseInt(words[3])];
      this.perSecond = Integer.parseInt(words[4]);
      this.nodes = Integer.parseInt(words[5]);
      this.value = value;
      this.thread = new Thread(this::run);
      thread.setDaemon(true);
      thread.start();
    }

    private void run() {
      var begin = System.nanoTime();
      for (var n = 0L; !halted && failure == null; n++) {
        var at = begin + n * 1_000_000_000L / perSecond;
        while (System.nanoTime() < at && !halted) LockSupport.parkNanos(Math.min(at - System.nanoTime(), 50_000_000L));
        var partition = (int) (n % sent.length);
        var record = new ProducerRecord<String, String>(topic, partition, null, text(partition, sent[partition]++));
        producer.send(record, (metadata, error) -> { if (error != null) failure = error; });
      }
    }

    private String text(int partition, long seq) {
      var time = began.plusNanos(seq * 1_000_000_000L / perSecond * sent.length).truncatedTo(ChronoUnit.MILLIS);
      return value
          .replace("{seq}", Long.toString(seq))
          .replace("{partition}", Integer.toString(partition))
          .replace("{node}", Long.toString(seq % nodes))
          .replace("{time}", time.toString());
    }

    /** Number of records of each partition. */
    String sent() throws Exception {
      if (failure != null) throw failure;
      return String.join(",", Arrays.stream(sent).mapToObj(Long::toString).toList());
    }

    String halt() throws Exception {
      halted = true;
      thread.join();
      producer.flush();
      return sent();
    }
  }
}
