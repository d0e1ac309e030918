package dev.tavernmem0.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunningServicesTest {
  @TempDir private Path directory;

  @Test
  void a_run_tells_where_its_services_listen_and_the_next_one_tells_it_anew() throws IOException {
    try (DataDirectory data = DataDirectory.open(directory)) {
      RunningServices.tell(data, new RunOptions.ListenPorts(4, 3, 2, 1, 0), null);
      RunningServices.tell(data, new RunOptions.ListenPorts(8, 7, 6, 5, 0), null);
    }

    assertThat(RunningServices.file(Map.of("TAVERN_DATA_DIR", directory.toString())))
        .content()
        .hasLineCount(3)
        .contains("watcher-url=http://127.0.0.1:8", "writer-url=http://127.0.0.1:7")
        .contains("retriever-url=http://127.0.0.1:6");
  }

  @Test
  void the_targets_writer_is_told_as_long_as_there_is_a_target() throws IOException {
    Path file = RunningServices.file(Map.of("TAVERN_DATA_DIR", directory.toString()));
    RunOptions.ListenPorts ports = new RunOptions.ListenPorts(4, 3, 2, 1, 0);
    try (DataDirectory data = DataDirectory.open(directory)) {
      Target target = new Target(URI.create("http://mem0:8001"), "s3cret", "a.ledger", 9);
      RunningServices.tell(data, ports, target);
      assertThat(file).content().contains("target-writer-url=http://127.0.0.1:9");
      assertThat(file).content().doesNotContain("s3cret");

      RunningServices.tell(data, ports, null);
      assertThat(file).content().doesNotContain("target");
    }
  }

  @Test
  void without_a_data_directory_it_is_in_the_default_one() {
    assertThat(RunningServices.file(Map.of("TAVERN_DATA_DIR", "")).getParent())
        .isEqualTo(DataDirectory.defaultPath());
    assertThat(Files.exists(directory.resolve("services.properties"))).isFalse();
  }
}
