package dev.tavernmem0.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.cli.operate.Messages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Room and permissions on this machine. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no such permissions")
class MachineChecksTest {
  private static final Messages MESSAGES = Messages.in(Locale.ENGLISH);

  @TempDir private Path home;

  private static Finding disk(Path data, long least, long enough) {
    return new DiskCheck(data, least, enough, MESSAGES).findings().get(0);
  }

  private static Finding data(Path data) {
    return new PermissionsCheck(data, List.of(), MESSAGES).findings().get(0);
  }

  private Finding keys(Path... files) {
    return new PermissionsCheck(home, List.of(files), MESSAGES).findings().get(1);
  }

  private Path key(String name) throws IOException {
    return Files.writeString(home.resolve(name), "secret");
  }

  @Test
  void where_there_is_no_data_directory_nothing_can_be_said() {
    Path nowhere = home.resolve("nowhere");

    assertThat(disk(nowhere, 0, 0).result()).isEqualTo(Result.NOT_CHECKED);
    assertThat(disk(nowhere, 0, 0).mend()).contains("docker system df");
    assertThat(data(nowhere).result()).isEqualTo(Result.NOT_CHECKED);
  }

  @Test
  void a_disk_on_which_run_would_not_start_is_a_problem() {
    Finding full = disk(home, Long.MAX_VALUE, Long.MAX_VALUE);

    assertThat(full.result()).isEqualTo(Result.PROBLEM);
    assertThat(full.text()).containsPattern("\\d+ MB are free for " + home);
    assertThat(full.mend()).contains("TAVERN_DATA_DIR");
  }

  @Test
  void a_disk_that_fills_up_is_a_warning() {
    assertThat(disk(home, 0, Long.MAX_VALUE).result()).isEqualTo(Result.WARNING);
    assertThat(disk(home, 0, 1).result()).isEqualTo(Result.OK);
  }

  @Test
  void a_data_directory_that_others_can_enter_is_a_problem() throws IOException {
    Permissions.open(home);
    Finding open = data(home);
    Permissions.close(home);

    assertThat(open.result()).isEqualTo(Result.PROBLEM);
    assertThat(open.mend()).contains("chmod -R go-rwx '" + home + "'");
    assertThat(data(home).result()).isEqualTo(Result.OK);
  }

  @Test
  void a_key_that_others_can_read_is_a_problem_that_names_the_file_only() throws IOException {
    Path open = key("open.key");
    Path shut = key("shut.key");
    Permissions.open(open);
    Permissions.close(shut);

    Finding finding = keys(open, shut);

    assertThat(finding.result()).isEqualTo(Result.PROBLEM);
    assertThat(finding.mend()).isEqualTo("chmod 600 '" + open + "'");
    assertThat(finding.text()).doesNotContain("secret", shut.toString());
    assertThat(keys(shut).result()).isEqualTo(Result.OK);
    assertThat(keys().result()).isEqualTo(Result.OK);
  }

  @Test
  void a_key_file_that_has_gone_is_not_checked() {
    assertThat(keys(home.resolve("gone.key")).result()).isEqualTo(Result.NOT_CHECKED);
  }
}
