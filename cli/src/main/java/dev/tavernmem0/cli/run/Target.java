package dev.tavernmem0.cli.run;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Another mem0, to which the log is written too while the first one serves.
 *
 * @param url of it
 * @param apiKey null sends none
 * @param ledger the topic that tells what was written to it
 * @param writerPort where its writer listens, on the loopback interface
 */
record Target(URI url, @Nullable String apiKey, String ledger, int writerPort) {

  /** Without the key. */
  @Override
  public String toString() {
    return "Target[" + url + ", ledger=" + ledger + "]";
  }
}
