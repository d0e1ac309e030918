package dev.tavernmem0.testkit.kafka;

import dev.tavernmem0.common.kafka.TopicCreator;
import dev.tavernmem0.testkit.fixtures.DockerEngine;
import dev.tavernmem0.testkit.fixtures.Fixtures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.utils.Time;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.springframework.util.FileSystemUtils;

/**
 * One Kafka broker per test JVM, in it or, if {@link Fixtures} say so, in a container; started by
 * the first class that needs it (about 2 s) and stopped at the end of the run:
 *
 * <pre>{@code
 * @RegisterExtension static final SharedBroker KAFKA = new SharedBroker();
 *
 * @BeforeEach
 * void topics() {
 *   KAFKA.freshTopics(2);
 * }
 * }</pre>
 *
 * Test classes that share it must not run at the same time if they use {@link #freshTopics}. Spring
 * may ask for {@link #bootstrapServers()} in a {@code @DynamicPropertySource}.
 */
public final class SharedBroker implements BeforeAllCallback, ExecutionCondition {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(SharedBroker.class);

  private final DockerEngine engine = new DockerEngine();
  private @Nullable Broker broker;

  /** A class that needs a broker which cannot be had is skipped. */
  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return engine.evaluateExecutionCondition(context);
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    broker =
        context
            .getRoot()
            .getStore(NAMESPACE)
            .computeIfAbsent(Broker.class, key -> Broker.start(), Broker.class);
  }

  /** What clients put into {@code bootstrap.servers}. */
  public String bootstrapServers() {
    return broker().bootstrapServers;
  }

  /** An admin client; the broker's, do not close it. */
  public Admin admin() {
    return broker().admin;
  }

  public TopicReader reader() {
    return new TopicReader(bootstrapServers());
  }

  /**
   * Deletes every topic and every idle consumer group, then creates the pipeline's topics empty.
   *
   * @param partitions of the turns and the ledger; fewer than in production make tests faster
   */
  public void freshTopics(int partitions) {
    try {
      Set<String> topics = admin().listTopics().names().get();
      admin().deleteTopics(topics).all().get();
      // The broker may not have heard of it yet: what it still lists would not be made anew.
      Awaitility.await("deleted topics")
          .pollInterval(Duration.ofMillis(20))
          .atMost(Duration.ofSeconds(30))
          .until(() -> Collections.disjoint(admin().listTopics().names().get(), topics));
      deleteIdleGroups();
      TopicCreator.createMissing(admin(), partitions, (short) 1);
      awaitLeaders();
    } catch (ExecutionException e) {
      throw new IllegalStateException("cannot make fresh topics", e.getCause());
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /**
   * A partition that refuses a producer's first batch, not being there yet, and takes the second,
   * takes the first no more.
   */
  private void awaitLeaders() throws InterruptedException, ExecutionException {
    Map<TopicPartition, OffsetSpec> all = new HashMap<>();
    admin()
        .describeTopics(admin().listTopics().names().get())
        .allTopicNames()
        .get()
        .forEach(
            (topic, description) ->
                description
                    .partitions()
                    .forEach(
                        partition ->
                            all.put(
                                new TopicPartition(topic, partition.partition()),
                                OffsetSpec.latest())));
    admin().listOffsets(all).all().get();
  }

  /**
   * Creates one more topic.
   *
   * @return its name
   */
  public String createTopic(String name, int partitions) {
    try {
      admin().createTopics(List.of(new NewTopic(name, partitions, (short) 1))).all().get();
      return name;
    } catch (ExecutionException e) {
      throw new IllegalStateException("cannot create topic " + name, e.getCause());
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private void deleteIdleGroups() throws InterruptedException, ExecutionException {
    List<String> groups =
        admin().listGroups().all().get().stream().map(GroupListing::groupId).toList();
    for (KafkaFuture<Void> deleted :
        admin().deleteConsumerGroups(groups).deletedGroups().values()) {
      try {
        deleted.get();
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof GroupNotEmptyException
            || e.getCause() instanceof GroupIdNotFoundException)) {
          throw e;
        }
      }
    }
  }

  private Broker broker() {
    if (broker == null) {
      throw new IllegalStateException(
          "register the broker as a static field with @RegisterExtension");
    }
    return broker;
  }

  private static IllegalStateException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IllegalStateException("interrupted while talking to the broker", e);
  }

  /**
   * JUnit closes it with its root store.
   *
   * @param end of the broker itself
   */
  private record Broker(String bootstrapServers, Admin admin, End end) implements AutoCloseable {
    private interface End {
      void run() throws IOException;
    }

    static Broker start() {
      return Fixtures.chosen() == Fixtures.CONTAINERS ? inContainer() : inThisJvm();
    }

    private static Broker inThisJvm() {
      try {
        Path directory = Files.createTempDirectory("shared-broker");
        KafkaNode node = KafkaNode.formatted(1, directory).get(0);
        Map<String, String> settings = node.settings(List.of(node));
        settings.putAll(BrokerSettings.ofLonelyBroker());
        KafkaRaftServer server =
            new KafkaRaftServer(KafkaConfig.apply(settings, false), Time.SYSTEM);
        server.startup();
        return of(
            node.bootstrapServer(),
            () -> {
              server.shutdown();
              server.awaitShutdown();
              FileSystemUtils.deleteRecursively(directory);
            });
      } catch (IOException e) {
        throw new UncheckedIOException("cannot make a directory for the broker", e);
      }
    }

    private static Broker inContainer() {
      ContainerBroker container =
          ContainerBroker.onAnyPort(BrokerSettings.ofLonelyBroker(), "256m");
      container.launch();
      return of(container.bootstrapServers(), container::remove);
    }

    private static Broker of(String bootstrapServers, End end) {
      return new Broker(
          bootstrapServers,
          Admin.create(
              Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, (Object) bootstrapServers)),
          end);
    }

    @Override
    public void close() throws IOException {
      admin.close();
      end.run();
    }
  }
}
