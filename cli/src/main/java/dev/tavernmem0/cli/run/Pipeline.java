package dev.tavernmem0.cli.run;

import dev.tavernmem0.common.kafka.TopicCreator;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.embedded.kafka.EmbeddedBroker;
import dev.tavernmem0.embedded.memory.MemoryServerApplication;
import dev.tavernmem0.embedded.memory.embedding.Embeddings;
import dev.tavernmem0.retriever.RetrieverApplication;
import dev.tavernmem0.watcher.ChatWatcherApplication;
import dev.tavernmem0.writer.WriterApplication;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.utils.Exit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * All parts in this process. Started in the order in which they need each other and stopped in the
 * reverse one, so that each can finish its work. What others run need not be there: the services
 * wait for it. {@link #close} may come from another thread at any time, also while it starts.
 */
final class Pipeline implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Pipeline.class);
  private static final int PARTITIONS = 12;
  private static final int BROKER_TIMEOUT_MS = 10_000;

  /** As many replicas as the broker's own default says. */
  private static final short BROKERS_REPLICATION = -1;

  private final ServiceSettings settings;
  private final RunOptions options;
  private final DataDirectory data;
  private final Progress progress;
  private final Deque<Part> started = new ArrayDeque<>();
  private volatile CompletableFuture<@Nullable Embeddings> memory =
      CompletableFuture.completedFuture(null);
  private boolean closed;

  private record Part(String name, AutoCloseable resource) {}

  Pipeline(RunOptions options, DataDirectory data, Progress progress) {
    this.options = options;
    this.data = data;
    this.progress = progress;
    this.settings = new ServiceSettings(options, data);
  }

  /**
   * Starts everything and returns when all parts are ready.
   *
   * @throws dev.tavernmem0.cli.UserErrorException if a part cannot start for a reason that the user
   *     can mend
   */
  void start() {
    try {
      memory =
          CompletableFuture.supplyAsync(
              this::startMemoryServer, task -> new Thread(task, "start-memory").start());
      startBroker();
      memory.join();
      startService(
          "writer", WriterApplication.builder(), settings.writer(), options.ports().writer());
      startService(
          "retriever",
          RetrieverApplication.builder(),
          settings.retriever(),
          options.ports().retriever());
      startService(
          "watcher",
          ChatWatcherApplication.builder(),
          settings.watcher(),
          options.ports().watcher());
      startTargetWriter();
      Embeddings models = memory.join();
      if (models != null) {
        models.awaitReady();
      }
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? StartFailure.explained(cause) : e;
    } catch (RuntimeException e) {
      throw StartFailure.explained(e);
    }
  }

  /** The mem0 that serves does not suffer for it if it cannot start. */
  private void startTargetWriter() {
    Target target = options.target();
    if (target == null) {
      return;
    }
    try {
      startService(
          "target's writer",
          WriterApplication.builder(),
          settings.targetWriter(target),
          target.writerPort());
    } catch (RuntimeException e) {
      if (isClosed()) {
        throw e;
      }
      LOG.error("the target's writer cannot start", e);
      progress.say(
          "target: its writer cannot start: %s; nothing is written to the target until this is"
              + " mended and started again, see %s",
          StartFailure.explained(e).getMessage(), data.logFile());
    }
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  private void startBroker() {
    if (options.kafka() != null) {
      return;
    }
    Exit.setHaltProcedure(
        (status, message) -> {
          progress.say(
              "stopped: the broker cannot write its log, is the disk full? See %s", data.logFile());
          Runtime.getRuntime().halt(status);
        });
    EmbeddedBroker broker = EmbeddedBroker.start(data.broker(), options.ports().kafka());
    register("broker", broker);
    createTopics();
    progress.say("broker ready on %s", broker.bootstrapServers());
  }

  /** Watcher and writer would too, but not before the retriever looks for them. */
  private void createTopics() {
    Map<String, Object> config =
        Map.of(
            AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
            settings.bootstrapServers(),
            AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
            BROKER_TIMEOUT_MS,
            AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
            BROKER_TIMEOUT_MS);
    try (Admin admin = Admin.create(config)) {
      TopicCreator.createMissing(admin, topics());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while creating the topics", e);
    }
  }

  private List<NewTopic> topics() {
    Target target = options.target();
    Stream<String> ledgers =
        Stream.concat(
            Stream.of(options.ledger()),
            target == null ? Stream.empty() : Stream.of(target.ledger()));
    return Stream.concat(
            Topics.all(PARTITIONS, BROKERS_REPLICATION).stream(),
            ledgers
                .filter(ledger -> !ledger.equals(Topics.LEDGER))
                .map(ledger -> Topics.ledger(ledger, PARTITIONS, BROKERS_REPLICATION)))
        .toList();
  }

  /** Its models still load when it is ready, beside the start of the services. */
  private @Nullable Embeddings startMemoryServer() {
    if (options.mem0Url() != null) {
      return null;
    }
    return startService(
            "memory server",
            MemoryServerApplication.builder(),
            settings.memoryServer(),
            options.ports().memory())
        .getBean(Embeddings.class);
  }

  private ConfigurableApplicationContext startService(
      String name, SpringApplicationBuilder application, Map<String, String> properties, int port) {
    String[] arguments =
        properties.entrySet().stream()
            .map(property -> "--" + property.getKey() + "=" + property.getValue())
            .toArray(String[]::new);
    ConfigurableApplicationContext context =
        application
            .bannerMode(org.springframework.boot.Banner.Mode.OFF)
            .registerShutdownHook(false)
            .logStartupInfo(false)
            .run(arguments);
    register(name, context);
    progress.say("%s ready on http://127.0.0.1:%d", name, port);
    return context;
  }

  private synchronized void register(String name, AutoCloseable resource) {
    if (closed) {
      closePart(new Part(name, resource));
      throw new IllegalStateException("stopped while starting");
    }
    started.push(new Part(name, resource));
  }

  /** Stops all parts; one that is just starting is waited for, because its models load natively. */
  @Override
  public void close() {
    closeStarted();
    memory.handle((models, failure) -> models).join();
  }

  private synchronized void closeStarted() {
    closed = true;
    while (!started.isEmpty()) {
      closePart(started.pop());
    }
  }

  private static void closePart(Part part) {
    try {
      part.resource().close();
      LOG.info("{} stopped", part.name());
    } catch (Exception e) {
      LOG.error("{} did not stop cleanly", part.name(), e);
    }
  }
}
