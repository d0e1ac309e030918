package dev.tavernmem0.testkit.mem0;

import dev.tavernmem0.testkit.fixtures.StackImages;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.ImageFromDockerfile;
import org.testcontainers.neo4j.Neo4jContainer;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * The real mem0 in containers: the image of {@code docker/mem0}, PostgreSQL with pgvector and, for
 * {@link Generation#V1}, Neo4j, on a network of their own. A stub, in a container too so that none
 * needs a way to this machine, stands in for the model. Our images are kept, so that Docker builds
 * them once.
 */
public final class Mem0Containers implements AutoCloseable {
  private static final int PORT = 8000;
  private static final int MODEL_PORT = 8080;
  private static final Duration START_LIMIT = Duration.ofMinutes(3);

  private final String apiKey = UUID.randomUUID().toString();
  private final String password = UUID.randomUUID().toString();
  private final Network network = Network.newNetwork();
  private final List<GenericContainer<?>> dependencies = new ArrayList<>();
  private final GenericContainer<?> mem0;

  private Mem0Containers(Generation generation) {
    String flavour = generation == Generation.V1 ? "graph" : "vector";
    dependencies.add(model());
    dependencies.add(postgres());
    if (generation == Generation.V1) {
      dependencies.add(neo4j());
    }
    mem0 =
        new GenericContainer<>(image(flavour))
            .withNetwork(network)
            .withEnv("ADMIN_API_KEY", apiKey)
            .withEnv("OPENAI_API_KEY", "no-key-for-a-stub")
            .withEnv("OPENAI_BASE_URL", "http://model:" + MODEL_PORT + "/v1")
            .withEnv("POSTGRES_HOST", "postgres")
            .withEnv("POSTGRES_DB", "mem0")
            .withEnv("POSTGRES_USER", "mem0")
            .withEnv("POSTGRES_PASSWORD", password)
            .withEnv("NEO4J_URI", "bolt://neo4j:7687")
            .withEnv("NEO4J_PASSWORD", password)
            .withExposedPorts(PORT)
            .dependsOn(dependencies)
            .waitingFor(
                Wait.forHttp("/ready")
                    .forPort(PORT)
                    .forStatusCode(200)
                    .withStartupTimeout(START_LIMIT));
  }

  /**
   * Starts a mem0 without memories and returns when it is ready: about a minute, the first time the
   * building of its image on top.
   */
  public static Mem0Containers start(Generation generation) {
    Mem0Containers containers = new Mem0Containers(generation);
    try {
      containers.mem0.start();
    } catch (RuntimeException e) {
      containers.close();
      throw e;
    }
    return containers;
  }

  public URI url() {
    return URI.create("http://" + mem0.getHost() + ":" + mem0.getMappedPort(PORT));
  }

  /** The key that it wants. */
  public String apiKey() {
    return apiKey;
  }

  /** Removes the containers with their data. */
  @Override
  public void close() {
    mem0.stop();
    dependencies.forEach(GenericContainer::stop);
    network.close();
  }

  private static ImageFromDockerfile image(String flavour) {
    Path context = StackImages.directory().resolve("mem0");
    String requirements = "requirements-" + flavour + ".txt";
    return new ImageFromDockerfile("localhost/tavern-mem0/fixture-mem0:" + flavour, false)
        .withFileFromPath("Dockerfile", context.resolve("Dockerfile"))
        .withFileFromPath(requirements, context.resolve(requirements))
        .withFileFromPath("src", context.resolve("src"))
        .withBuildArg("FLAVOUR", flavour);
  }

  private GenericContainer<?> model() {
    Path docker = StackImages.directory();
    return new GenericContainer<>(
            new ImageFromDockerfile("localhost/tavern-mem0/fixture-model:latest", false)
                .withFileFromPath("Dockerfile", docker.resolve("test/bases/model/Dockerfile"))
                .withFileFromPath("openai_stub.py", docker.resolve("mem0/tests/openai_stub.py")))
        .withNetwork(network)
        .withNetworkAliases("model")
        .waitingFor(Wait.forLogMessage("OpenAI stub at .*\\n", 1));
  }

  private PostgreSQLContainer postgres() {
    PostgreSQLContainer postgres =
        new PostgreSQLContainer(
                DockerImageName.parse(StackImages.named("POSTGRES_IMAGE"))
                    .asCompatibleSubstituteFor("pgvector/pgvector"))
            .withDatabaseName("mem0")
            .withUsername("mem0")
            .withPassword(password)
            .withNetwork(network)
            .withNetworkAliases("postgres");
    // As in the Compose file; a test's data need not outlive a crash.
    postgres.setCommand("postgres", "-c", "hnsw.iterative_scan=strict_order", "-c", "fsync=off");
    return postgres;
  }

  private Neo4jContainer neo4j() {
    return new Neo4jContainer(
            DockerImageName.parse(StackImages.named("NEO4J_IMAGE"))
                .asCompatibleSubstituteFor("neo4j"))
        .withAdminPassword(password)
        .withEnv("NEO4J_server_memory_heap_max__size", "512m")
        .withEnv("NEO4J_server_memory_pagecache_size", "128m")
        .withEnv("NEO4J_dbms_usage__report_enabled", "false")
        .withNetwork(network)
        .withNetworkAliases("neo4j");
  }
}
