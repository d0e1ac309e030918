package dev.tavernmem0.cli.run;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * What {@code run} was asked to start, checked.
 *
 * @param sillyTavern the chats to watch
 * @param sample whether these are the sample chats
 * @param mem0Url an external memory server; null starts the embedded one
 * @param mem0ApiKey for the external server; null sends none
 * @param ledger the topic that tells what was written to the memory server
 * @param target another memory server, to be written to as well; null if there is none
 * @param kafka bootstrap servers of an external broker; null starts the embedded one
 * @param ports where each part listens, on the loopback interface
 */
record RunOptions(
    SillyTavernRoot sillyTavern,
    boolean sample,
    @Nullable URI mem0Url,
    @Nullable String mem0ApiKey,
    String ledger,
    @Nullable Target target,
    @Nullable String kafka,
    ListenPorts ports) {

  /** TCP ports. */
  record ListenPorts(int watcher, int writer, int retriever, int memory, int kafka) {}

  /** Where the memory server is that serves. */
  URI servingUrl() {
    return mem0Url == null ? URI.create("http://127.0.0.1:" + ports.memory()) : mem0Url;
  }

  @Override
  public String toString() {
    return "RunOptions["
        + sillyTavern.path()
        + ", mem0="
        + mem0Url
        + ", ledger="
        + ledger
        + ", target="
        + target
        + ", kafka="
        + kafka
        + "]";
  }
}
