package dev.tavernmem0.bench;

import dev.tavernmem0.common.kafka.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * From a save to its event at a consumer that reads what is committed. Baselines, by turns with it
 * and with files of the same size: the file system's event and one send; the same with one
 * transaction for each save, which holds the event and a state record.
 */
@Command(name = "save", description = "From a save to its event at a consumer, p50 and p99.")
final class SaveLatency implements Callable<Integer> {
  private static final String PLAIN = "bench.plain";
  private static final String TRANSACTED = "bench.transacted";
  private static final String STATE = "bench.state";
  private static final int WARM_UP = 40;

  /** What the watcher stores with an event of a long chat. */
  private static final int STATE_BYTES = 3000;

  @Option(
      names = "--chat-bytes",
      description = "Sizes of the chat (default: ${DEFAULT-VALUE}).",
      split = ",",
      defaultValue = "100000,10000000")
  List<Integer> chatBytes = List.of();

  @Option(
      names = "--saves",
      description = "How many are measured (default: ${DEFAULT-VALUE}).",
      defaultValue = "300")
  int saves;

  @Mixin RunOptions run = new RunOptions();

  private final Figures figures = new Figures();

  @Override
  public Integer call() throws IOException, InterruptedException {
    for (int size : chatBytes) {
      measure(size);
    }
    return 0;
  }

  private void measure(int size) throws IOException, InterruptedException {
    ChatGenerator generator = new ChatGenerator(size);
    try (Workspace workspace = Workspace.open(run)) {
      Clients clients = new Clients(workspace.bootstrapServers());
      for (String topic : List.of(PLAIN, TRANSACTED, STATE)) {
        clients.createTopic(topic, 12);
      }
      Path chats = workspace.dataRoot().resolve("default-user").resolve("chats");
      SavedChat watched =
          SavedChat.write(chats.resolve("Mara").resolve("Mara.jsonl"), generator.chat(size));
      SavedChat plain = twin(workspace, "plain", generator.chat(size));
      SavedChat transacted = twin(workspace, "transacted", generator.chat(size));
      try (WatcherProcess watcher = WatcherProcess.start(workspace, run)) {
        watcher.awaitSnapshotDone(Duration.ofMinutes(5));
        measure(size, generator, clients, watched, plain, transacted);
      }
    }
  }

  private static SavedChat twin(Workspace workspace, String name, byte[] content)
      throws IOException {
    return SavedChat.write(workspace.directory().resolve(name).resolve("chat.jsonl"), content);
  }

  private void measure(
      int size,
      ChatGenerator generator,
      Clients clients,
      SavedChat watched,
      SavedChat plain,
      SavedChat transacted)
      throws IOException, InterruptedException {
    try (EventReceiver turns = new EventReceiver(clients, Topics.TURNS);
        EventReceiver plainEvents = new EventReceiver(clients, PLAIN);
        EventReceiver transactedEvents = new EventReceiver(clients, TRANSACTED);
        KafkaProducer<String, byte[]> producer = clients.producer();
        KafkaProducer<String, byte[]> transactions = clients.transactionalProducer("bench")) {
      for (EventReceiver events : List.of(turns, plainEvents, transactedEvents)) {
        events.skip(Duration.ofSeconds(1));
      }
      watched.append(generator.message());
      ConsumerRecord<String, byte[]> event = turns.next();
      FileEventProducer.Sender send =
          () -> {
            var unused = producer.send(copy(PLAIN, event));
          };
      FileEventProducer.Sender transact =
          () -> {
            transactions.beginTransaction();
            var unusedTurn = transactions.send(copy(TRANSACTED, event));
            var unusedState =
                transactions.send(new ProducerRecord<>(STATE, "state", new byte[STATE_BYTES]));
            transactions.commitTransaction();
          };
      Latencies watcher = new Latencies();
      Latencies withSend = new Latencies();
      Latencies withTransaction = new Latencies();
      try (FileEventProducer sending = new FileEventProducer(plain.file(), send);
          FileEventProducer transacting = new FileEventProducer(transacted.file(), transact)) {
        for (int i = -WARM_UP; i < saves; i++) {
          byte[] line = generator.message();
          long first = latency(watched, line, turns);
          long second = latency(plain, line, plainEvents);
          long third = latency(transacted, line, transactedEvents);
          if (i >= 0) {
            watcher.add(first);
            withSend.add(second);
            withTransaction.add(third);
          }
        }
      }
      long more = turns.skip(Duration.ofSeconds(1));
      if (more > 0) {
        throw new IllegalStateException(more + " more events than saves");
      }
      report(size, watcher, withSend, withTransaction);
    }
  }

  private static ProducerRecord<String, byte[]> copy(
      String topic, ConsumerRecord<String, byte[]> event) {
    return new ProducerRecord<>(topic, null, event.key(), event.value(), event.headers());
  }

  private static long latency(SavedChat chat, byte[] line, EventReceiver events)
      throws IOException {
    long saved = chat.append(line);
    events.next();
    return System.nanoTime() - saved;
  }

  private void report(int size, Latencies watcher, Latencies sent, Latencies transacted) {
    figures.title("chat of %,d bytes, %d saves".formatted(size, saves));
    for (double percent : List.of(50.0, 99.0)) {
      String p = "p%.0f ".formatted(percent);
      double ours = watcher.percentile(percent);
      figures.figure(p + "save to event", ours, "ms");
      figures.figure(p + "file event and send", sent.percentile(percent), "ms");
      figures.figure(p + "file event and transaction", transacted.percentile(percent), "ms");
      figures.ratio(
          p + "save to event / file event and send",
          ours / sent.percentile(percent),
          size <= 1_000_000 ? "aim: at most 1.3" : "aim: at most 1.5");
      figures.ratio(
          p + "save to event / ... and transaction", ours / transacted.percentile(percent), "");
    }
  }
}
