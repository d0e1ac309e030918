package dev.tavernmem0.embedded.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tavernmem0.common.kafka.MaxRecordSize;
import dev.tavernmem0.embedded.ChildJvm;
import dev.tavernmem0.embedded.DataDirectoryInUseException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmbeddedBrokerIT {
  @TempDir Path temp;

  private Path data() {
    return temp.resolve("kafka");
  }

  @Test
  void records_and_offsets_survive_arestart() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(data(), 0);
        BrokerClient client = new BrokerClient(broker.bootstrapServers())) {
      client.createTopics();
      client.send("chat", "one", "two", "three");
      client.commitOffset("writers", 2);
    }

    try (EmbeddedBroker broker = EmbeddedBroker.start(data(), 0);
        BrokerClient client = new BrokerClient(broker.bootstrapServers())) {
      assertThat(client.readAll(3)).containsExactly("one", "two", "three");
      assertThat(client.committedOffset("writers")).isEqualTo(2);
    }
  }

  @Test
  void a_second_broker_on_the_directory_is_refused_and_the_running_one_unharmed() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(data(), 0);
        BrokerClient client = new BrokerClient(broker.bootstrapServers())) {
      client.createTopics();

      assertThatThrownBy(() -> EmbeddedBroker.start(data(), 0))
          .isInstanceOf(DataDirectoryInUseException.class)
          .hasMessageContaining("data directory in use")
          .hasMessageContaining(data().toString());

      client.send("chat", "still", "working");
      assertThat(client.readAll(2)).containsExactly("still", "working");
    }
  }

  @Test
  void a_directory_held_by_another_process_is_refused() throws Exception {
    try (ChildJvm child = ChildJvm.start(BrokerChild.class, data().toString())) {
      child.awaitLine("READY ");

      assertThatThrownBy(() -> EmbeddedBroker.start(data(), 0))
          .isInstanceOf(DataDirectoryInUseException.class);
    }
  }

  @Test
  void acknowledged_records_survive_kill_minus9() throws Exception {
    String[] values = IntStream.range(0, 500).mapToObj(i -> "turn " + i).toArray(String[]::new);
    try (ChildJvm child = ChildJvm.start(BrokerChild.class, data().toString())) {
      String bootstrapServers = child.awaitLine("READY ");
      try (BrokerClient client = new BrokerClient(bootstrapServers)) {
        client.createTopics();
        client.send("chat", values);
        client.commitOffset("writers", 123);
        child.kill();
      }
    }

    try (EmbeddedBroker broker = EmbeddedBroker.start(data(), 0);
        BrokerClient client = new BrokerClient(broker.bootstrapServers())) {
      assertThat(client.readAll(values.length)).containsExactly(values);
      assertThat(client.committedOffset("writers")).isEqualTo(123);
    }
  }

  /** Each had its 100 MB at once, and the broker is in the process that does everything else. */
  @ParameterizedTest
  @ValueSource(ints = {100_000_000, MaxRecordSize.BYTES})
  void connections_that_announce_much_and_send_nothing_do_not_fill_the_memory(int announced)
      throws Exception {
    List<Socket> connections = new ArrayList<>();
    try (ChildJvm child = ChildJvm.start(BrokerChild.class, data().toString())) {
      String bootstrapServers = child.awaitLine("READY ");
      int port = Integer.parseInt(bootstrapServers.substring(bootstrapServers.indexOf(':') + 1));
      for (int i = 0; i < 40; i++) {
        Socket connection = new Socket(InetAddress.getByName("127.0.0.1"), port);
        connection.getOutputStream().write(ByteBuffer.allocate(4).putInt(announced).array());
        connections.add(connection);
      }
      try (BrokerClient client = new BrokerClient(bootstrapServers)) {
        // Those that announce what is allowed hold their share until they go.
        for (Socket connection : connections) {
          connection.close();
        }
        client.createTopics();
        client.send("chat", "still", "working");
        assertThat(client.readAll(2)).containsExactly("still", "working");
      }
    }
  }

  @Test
  void the_largest_record_is_taken() throws Exception {
    String large = "x".repeat(MaxRecordSize.BYTES - 1024);
    try (EmbeddedBroker broker = EmbeddedBroker.start(data(), 0);
        BrokerClient client = new BrokerClient(broker.bootstrapServers())) {
      client.createTopics();
      client.send("chat", large);
      assertThat(client.readAll(1)).containsExactly(large);
    }
  }

  @Test
  void a_taken_port_is_named_and_leaves_the_directory_free() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      assertThatThrownBy(() -> EmbeddedBroker.start(data(), other.getLocalPort()))
          .isInstanceOf(EmbeddedBrokerException.class)
          .hasMessageContaining("port " + other.getLocalPort() + " is taken");
    }
    try (DirectoryLock lock = DirectoryLock.take(data())) {
      assertThat(lock).isNotNull();
    }
  }

  @Test
  void an_unusable_directory_is_named() throws Exception {
    Path file = Files.writeString(temp.resolve("file"), "not a directory");

    assertThatThrownBy(() -> EmbeddedBroker.start(file, 0))
        .isInstanceOf(EmbeddedBrokerException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void a_start_that_was_cut_off_while_formatting_is_made_good() throws Exception {
    Files.createDirectories(data());
    Files.writeString(data().resolve("bootstrap.checkpoint"), "half");

    try (EmbeddedBroker broker = EmbeddedBroker.start(data(), 0);
        BrokerClient client = new BrokerClient(broker.bootstrapServers())) {
      client.createTopics();
      client.send("chat", "one");
      assertThat(client.readAll(1)).containsExactly("one");
    }
  }

  @Test
  void closing_twice_is_harmless() {
    EmbeddedBroker broker = EmbeddedBroker.start(data(), 0);
    broker.close();
    broker.close();
  }
}
