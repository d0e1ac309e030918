package dev.tavernmem0.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tavernmem0.cli.UserErrorException;
import dev.tavernmem0.common.kafka.Topics;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A ledger tells of one mem0, and a mem0 has one ledger. */
class TargetLedgersTest {
  private static final URI NEW = URI.create("http://localhost:8011");
  private static final URI OTHER = URI.create("http://mem0.example:8001");

  @TempDir private Path directory;

  private TargetLedgers ledgers() {
    return TargetLedgers.of(directory);
  }

  private static Target target(URI url, String ledger) {
    return new Target(url, "s3cret", ledger, 8013);
  }

  @Test
  void a_switch_without_the_ledger_is_refused() {
    ledgers().remember(target(NEW, "next"));

    assertThatThrownBy(
            () ->
                ledgers()
                    .requireServing(URI.create("http://127.0.0.1:8011/"), false, Topics.LEDGER))
        .isInstanceOf(UserErrorException.class)
        .hasMessageContainingAll("--mem0-url", "give --ledger next", "targets.properties");
  }

  @Test
  void a_targets_ledger_is_not_for_the_embedded_memory_server_nor_for_another_mem0() {
    ledgers().remember(target(NEW, "next"));

    // The embedded one may listen where the target was.
    assertThatThrownBy(() -> ledgers().requireServing(NEW, true, "next"))
        .isInstanceOf(UserErrorException.class)
        .hasMessageContainingAll("--ledger: next", "give --mem0-url " + NEW);
    assertThatThrownBy(() -> ledgers().requireServing(OTHER, false, "next"))
        .isInstanceOf(UserErrorException.class);
  }

  @Test
  void a_target_is_filled_with_one_ledger_and_a_ledger_fills_one_target() {
    ledgers().remember(target(NEW, "next"));

    assertThatThrownBy(() -> ledgers().requireTarget(target(NEW, "third")))
        .isInstanceOf(UserErrorException.class)
        .hasMessageContainingAll("--target-url", "give --target-ledger next");
    assertThatThrownBy(() -> ledgers().requireTarget(target(OTHER, "next")))
        .isInstanceOf(UserErrorException.class)
        .hasMessageContainingAll("--target-ledger: next", NEW.toString(), "another name");
  }

  @Test
  void to_go_on_to_switch_and_to_go_back_is_allowed() {
    ledgers().remember(target(NEW, "next"));

    assertThatCode(() -> ledgers().requireTarget(target(NEW, "next"))).doesNotThrowAnyException();
    assertThatCode(() -> ledgers().requireServing(NEW, false, "next")).doesNotThrowAnyException();
    assertThatCode(() -> ledgers().requireServing(OTHER, false, Topics.LEDGER))
        .doesNotThrowAnyException();
    assertThatCode(() -> ledgers().requireServing(NEW, true, Topics.LEDGER))
        .as("the embedded one, where the target was")
        .doesNotThrowAnyException();
    assertThatCode(() -> ledgers().requireTarget(target(OTHER, "third")))
        .doesNotThrowAnyException();
  }

  @Test
  void a_file_in_which_somebody_wrote_no_address_is_named() throws IOException {
    Files.writeString(directory.resolve("targets.properties"), "next=not a url");

    assertThatThrownBy(this::ledgers)
        .isInstanceOf(UserErrorException.class)
        .hasMessageContaining("targets.properties cannot be read");
  }

  @Test
  void no_key_is_kept() {
    ledgers().remember(target(NEW, "next"));

    assertThat(directory.resolve("targets.properties"))
        .content()
        .contains("next=http\\://localhost\\:8011")
        .doesNotContain("s3cret");
  }
}
