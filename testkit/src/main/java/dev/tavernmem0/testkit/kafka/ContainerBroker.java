package dev.tavernmem0.testkit.kafka;

import com.github.dockerjava.api.DockerClient;
import dev.tavernmem0.testkit.fixtures.StackImages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.awaitility.Awaitility;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

/** A broker in a container of the stack's own Kafka image. */
final class ContainerBroker implements BrokerProgram {
  private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

  /** A volume of the image, as in the Compose file. */
  private static final String DATA = "/var/lib/kafka/data";

  /** The image's first process is a shell, which does not hand signals on. */
  private static final String TERMINATE =
      "for p in /proc/[0-9]*; do"
          + " if [ \"$(cat $p/comm)\" = java ]; then kill -TERM \"${p#/proc/}\"; fi;"
          + " done";

  private final KafkaContainer container;

  private ContainerBroker(Map<String, String> settings, String heap) {
    container =
        new KafkaContainer(
            DockerImageName.parse(StackImages.named("KAFKA_IMAGE"))
                .asCompatibleSubstituteFor("apache/kafka"));
    settings.forEach(
        (name, value) ->
            container.withEnv("KAFKA_" + name.replace('.', '_').toUpperCase(Locale.ROOT), value));
    container.withEnv("KAFKA_LOG_DIRS", DATA).withEnv("KAFKA_HEAP_OPTS", "-Xmx" + heap);
  }

  /** On a port that Docker chooses: another one after a restart. */
  static ContainerBroker onAnyPort(Map<String, String> settings, String heap) {
    return new ContainerBroker(settings, heap);
  }

  /** On a port that was free a moment ago, and which is kept over restarts. */
  static ContainerBroker onFixedPort(Map<String, String> settings, String heap) {
    ContainerBroker broker = new ContainerBroker(settings, heap);
    broker.container.setPortBindings(List.of(KafkaNode.freePorts(1).get(0) + ":9092"));
    return broker;
  }

  @Override
  public String bootstrapServers() {
    return container.getBootstrapServers();
  }

  @Override
  public void launch() {
    if (container.getContainerId() == null) {
      container.start();
    } else {
      docker().startContainerCmd(container.getContainerId()).exec();
    }
  }

  @Override
  public boolean isAlive() {
    return container.getContainerId() != null && container.isRunning();
  }

  @Override
  public void kill() {
    docker().killContainerCmd(container.getContainerId()).exec();
    awaitEnd();
  }

  @Override
  public void stop() {
    try {
      container.execInContainer("sh", "-c", TERMINATE);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot ask the broker to stop", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
    awaitEnd();
  }

  @Override
  public void freeze() {
    docker().pauseContainerCmd(container.getContainerId()).exec();
  }

  @Override
  public void thaw() {
    docker().unpauseContainerCmd(container.getContainerId()).exec();
  }

  /** The container with its data. */
  @Override
  public void remove() {
    container.stop();
  }

  @Override
  public String output() {
    return container.getLogs();
  }

  private DockerClient docker() {
    return container.getDockerClient();
  }

  private void awaitEnd() {
    Awaitility.await("end of the broker")
        .atMost(STOP_LIMIT)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> !isAlive());
  }
}
