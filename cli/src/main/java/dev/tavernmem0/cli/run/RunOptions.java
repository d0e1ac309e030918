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
 * @param kafka bootstrap servers of an external broker; null starts the embedded one
 * @param ports where each part listens, on the loopback interface
 */
record RunOptions(
    SillyTavernRoot sillyTavern,
    boolean sample,
    @Nullable URI mem0Url,
    @Nullable String mem0ApiKey,
    @Nullable String kafka,
    ListenPorts ports) {

  /** TCP ports. */
  record ListenPorts(int watcher, int writer, int retriever, int memory, int kafka) {}

  @Override
  public String toString() {
    return "RunOptions[" + sillyTavern.path() + ", mem0=" + mem0Url + ", kafka=" + kafka + "]";
  }
}
