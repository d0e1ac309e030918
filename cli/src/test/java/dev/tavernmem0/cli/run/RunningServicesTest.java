package dev.tavernmem0.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
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
      RunningServices.tell(data, new RunOptions.ListenPorts(4, 3, 2, 1, 0));
      RunningServices.tell(data, new RunOptions.ListenPorts(8, 7, 6, 5, 0));
    }

    assertThat(RunningServices.file(Map.of("TAVERN_DATA_DIR", directory.toString())))
        .content()
        .hasLineCount(3)
        .contains("watcher-url=http://127.0.0.1:8", "writer-url=http://127.0.0.1:7")
        .contains("retriever-url=http://127.0.0.1:6");
  }

  @Test
  void without_a_data_directory_it_is_in_the_default_one() {
    assertThat(RunningServices.file(Map.of("TAVERN_DATA_DIR", "")).getParent())
        .isEqualTo(DataDirectory.defaultPath());
    assertThat(Files.exists(directory.resolve("services.properties"))).isFalse();
  }
}
