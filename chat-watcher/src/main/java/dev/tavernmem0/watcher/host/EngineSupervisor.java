package dev.tavernmem0.watcher.host;

import dev.tavernmem0.common.kafka.TopicCreator;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.service.kafka.KafkaClients;
import dev.tavernmem0.service.kafka.TopicsProperties;
import io.debezium.embedded.Connect;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.RecordChangeEvent;
import io.debezium.engine.format.ChangeEventFormat;
import io.debezium.engine.spi.OffsetCommitPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Keeps one Debezium engine running on a thread of its own: waits until Kafka and the data root are
 * there, takes over from the watcher before, builds the engine, and builds it again, with growing
 * waits, whenever it ends by itself. Nothing is lost in between, since the state moves with the
 * events only. Once another watcher has taken over it stays down: the two would shut each other out
 * for ever.
 */
@Component
public class EngineSupervisor implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(EngineSupervisor.class);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(20);

  private final WatcherProperties properties;
  private final Path dataRoot;
  private final KafkaClients clients;
  private final TopicsProperties topics;
  private final WatcherMetrics metrics;
  private volatile EngineState state = EngineState.STOPPED;
  private final AtomicReference<@Nullable String> lastError = new AtomicReference<>();
  private final AtomicReference<@Nullable DebeziumEngine<?>> engine = new AtomicReference<>();
  private volatile boolean stopping;
  private volatile @Nullable Thread thread;

  EngineSupervisor(
      WatcherProperties properties,
      KafkaClients clients,
      TopicsProperties topics,
      WatcherMetrics metrics) {
    this.properties = properties;
    this.dataRoot = properties.connectorConfig().dataRoot();
    this.clients = clients;
    this.topics = topics;
    this.metrics = metrics;
  }

  public EngineState state() {
    return state;
  }

  /** Why it is not running, or was not lately; null if all is well. */
  public @Nullable String lastError() {
    return lastError.get();
  }

  @Override
  public void start() {
    stopping = false;
    state = EngineState.STARTING;
    Thread supervisor = new Thread(this::supervise, "watcher-engine");
    thread = supervisor;
    supervisor.start();
  }

  @Override
  public void stop() {
    stopping = true;
    Thread supervisor = thread;
    if (supervisor != null) {
      try {
        end(supervisor);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    state = EngineState.STOPPED;
  }

  private void end(Thread supervisor) throws InterruptedException {
    long deadline = System.nanoTime() + STOP_TIMEOUT.toNanos() / 2;
    boolean interrupted = false;
    while (supervisor.isAlive() && System.nanoTime() < deadline) {
      DebeziumEngine<?> running = engine.get();
      if (running != null) {
        // Again and again, because an engine that is starting refuses to be closed.
        close(running);
      } else if (!interrupted) {
        // It waits for Kafka, for the data root or for its next attempt.
        supervisor.interrupt();
        interrupted = true;
      }
      supervisor.join(100);
    }
    if (supervisor.isAlive()) {
      supervisor.interrupt();
      supervisor.join(STOP_TIMEOUT.toMillis() / 2);
    }
  }

  @Override
  public boolean isRunning() {
    return state != EngineState.STOPPED;
  }

  private void supervise() {
    Duration backoff = properties.restart().initialBackoff();
    while (!stopping) {
      long started = System.nanoTime();
      try {
        run();
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException | Error e) {
        // An error too: a thread that is gone would leave a watcher that says it is starting.
        failed(e);
      }
      if (stopping || state == EngineState.FENCED) {
        return;
      }
      boolean ranWell = System.nanoTime() - started > properties.restart().maxBackoff().toNanos();
      backoff = ranWell ? properties.restart().initialBackoff() : backoff;
      state = EngineState.BACKING_OFF;
      try {
        Thread.sleep(backoff.toMillis());
      } catch (InterruptedException e) {
        return;
      }
      Duration twice = backoff.multipliedBy(2);
      Duration most = properties.restart().maxBackoff();
      backoff = twice.compareTo(most) > 0 ? most : twice;
      state = EngineState.STARTING;
    }
  }

  /** Runs an engine until it ends. */
  private void run() throws InterruptedException {
    if (!Files.isDirectory(dataRoot)) {
      throw new IllegalStateException(
          "tavern.watcher.connector.data.root: no such directory: " + dataRoot);
    }
    int largestBatch;
    int partitions;
    try (Admin admin = clients.admin()) {
      TopicCreator.createMissing(admin, topics.partitions(), (short) topics.replicationFactor());
      largestBatch =
          LargestBatch.of(
              admin,
              List.of(
                  Topics.TURNS,
                  Topics.CHARACTERS,
                  Topics.CHATS,
                  Topics.WATCHER_OFFSETS,
                  Topics.NOTIFICATIONS));
      partitions =
          TopicPartitions.of(admin, properties.connectorConfig().topic(), topics.partitions());
    }
    Properties settings = EngineProperties.of(properties, partitions, clients.adminSettings());
    String tavern = settings.getProperty("name");
    try (TavernProducer producer = new TavernProducer(tavern, clients, largestBatch)) {
      producer.takeOver();
      OffsetFormat format = new OffsetFormat(tavern);
      correctOffsets(producer, format);
      run(engine(settings, new TurnPublisher(producer, format, metrics)));
    }
  }

  private void run(DebeziumEngine<?> built) {
    engine.set(built);
    try {
      if (!stopping) {
        built.run();
      }
    } finally {
      engine.set(null);
      close(built);
    }
  }

  /** Before anyone reads them. */
  private void correctOffsets(TavernProducer producer, OffsetFormat format) {
    List<ProducerRecord<byte[], byte @Nullable []>> corrections =
        StoredOffsets.read(
                EngineProperties.texts(clients.adminSettings()), Topics.WATCHER_OFFSETS, format)
            .corrections();
    if (!corrections.isEmpty()) {
      producer.publish(corrections);
      LOG.info("wrote the state of an earlier version in one order of names");
    }
  }

  private DebeziumEngine<RecordChangeEvent<SourceRecord>> engine(
      Properties settings, TurnPublisher publisher) {
    return DebeziumEngine.create(ChangeEventFormat.of(Connect.class))
        .using(settings)
        .using(OffsetCommitPolicy.always())
        .using(
            new DebeziumEngine.ConnectorCallback() {
              @Override
              public void pollingStarted() {
                state = EngineState.RUNNING;
                lastError.set(null);
                LOG.info("watching {}", dataRoot);
              }
            })
        .using(
            (success, message, error) -> {
              if (!success) {
                failed(error == null ? new IllegalStateException(message) : error);
              }
            })
        .notifying(publisher)
        .build();
  }

  private void failed(Throwable error) {
    if (stopping) {
      LOG.debug("while stopping", error);
      return;
    }
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof FencedException) {
        state = EngineState.FENCED;
        lastError.set(cause.getMessage());
        LOG.error("not watching: {}", cause.getMessage());
        return;
      }
    }
    Throwable root = error;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = root.getClass().getSimpleName() + ": " + root.getMessage();
    if (!message.equals(lastError.getAndSet(message))) {
      LOG.warn("not watching: {}; it is tried again", message);
      LOG.debug("the engine ended", error);
    }
  }

  private static void close(DebeziumEngine<?> engine) {
    try {
      engine.close();
    } catch (IOException | IllegalStateException e) {
      // It says so if it is starting, being closed, or ended by itself.
      LOG.debug("closing the engine: {}", e.toString());
    }
  }
}
