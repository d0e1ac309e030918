package dev.tavernmem0.cli.run;

import dev.tavernmem0.cli.UserErrorException;
import dev.tavernmem0.common.kafka.Topics;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Option;

/** What {@code run} is told of a mem0 that is to take the place of the one that serves. */
final class TargetOptions {
  static final String KEY_VARIABLE = "TAVERN_TARGET_MEM0_API_KEY";

  private static final String LEDGER = "tavern.memory.ledger.target";

  @Option(
      names = "--target-url",
      paramLabel = "URL",
      description =
          "Write all turns to this mem0 too, while the other one serves: to move there. Its key is"
              + " only read from the environment: "
              + KEY_VARIABLE
              + ".",
      defaultValue = "${env:TAVERN_TARGET_MEM0_BASE_URL}",
      showDefaultValue = Visibility.NEVER)
  private @Nullable String url;

  @Option(
      names = "--target-ledger",
      paramLabel = "NAME",
      description = "The topic that tells what was written to it. Default: " + LEDGER + ".",
      defaultValue = "${env:TAVERN_TARGET_LEDGER}",
      showDefaultValue = Visibility.NEVER)
  private @Nullable String ledger;

  @Option(
      names = "--target-writer-port",
      paramLabel = "PORT",
      description = "Port for its writer: status and operation.",
      defaultValue = "8013")
  private int writerPort;

  /**
   * The target; null if none is given.
   *
   * @param serving where the mem0 that serves is
   * @param servingLedger its ledger
   * @throws UserErrorException if these are the target's too, or if what is given cannot be used
   */
  @Nullable Target target(URI serving, String servingLedger) {
    String name = ledger == null || ledger.isBlank() ? LEDGER : ledger;
    if (url == null || url.isBlank()) {
      if (!name.equals(LEDGER)) {
        throw new UserErrorException(
            "--target-ledger: there is no --target-url whose ledger "
                + name
                + " could be; after the switch it is given as --ledger");
      }
      return null;
    }
    URI target = ExternalMem0.url("--target-url", url);
    if (Mem0Address.isSame(target, serving)) {
      throw new UserErrorException(
          "--target-url: the mem0 at "
              + target
              + " is the one that serves; two writers would each store everything in it and sweep"
              + " away what the other stored");
    }
    requireLedgerName("--target-ledger", name);
    if (name.equals(servingLedger)) {
      throw new UserErrorException(
          "--target-ledger: "
              + name
              + " tells what the mem0 that serves holds; give the target's another name");
    }
    return new Target(target, System.getenv(KEY_VARIABLE), name, writerPort);
  }

  /**
   * Checks that a ledger can be called so.
   *
   * @throws UserErrorException if not
   */
  static String requireLedgerName(String option, String name) {
    if (Topics.isNoLedger(name)) {
      throw new UserErrorException(
          option
              + ": no name of a ledger: '"
              + name
              + "'; it is letters, digits, '.', '_' and '-', at most 200, and no other topic's");
    }
    return name;
  }
}
