package dev.tavernmem0.cli.run;

import dev.tavernmem0.cli.UserErrorException;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeSet;

/**
 * Which ledger tells of which mem0, of all targets that there ever were: a file in the data
 * directory. A mem0 with another one's ledger would get nothing of what that one has, and lose what
 * that one has not.
 */
final class TargetLedgers {
  private static final String FILE = "targets.properties";

  private final Path file;
  private final Properties urls;

  private TargetLedgers(Path file, Properties urls) {
    this.file = file;
    this.urls = urls;
  }

  /**
   * Reads them.
   *
   * @throws UserErrorException if the file is there and cannot be read
   */
  static TargetLedgers of(Path dataDirectory) {
    Path file = dataDirectory.resolve(FILE);
    Properties urls = new Properties();
    try (StringReader text = new StringReader(Files.readString(file))) {
      urls.load(text);
      // Now, and with the file's name, rather than when it is looked for.
      urls.stringPropertyNames().forEach(ledger -> URI.create(urls.getProperty(ledger)));
    } catch (NoSuchFileException e) {
      // There was no target yet.
    } catch (IOException | IllegalArgumentException e) {
      throw new UserErrorException("--data-dir: " + file + " cannot be read: " + e, e);
    }
    return new TargetLedgers(file, urls);
  }

  /**
   * Checks the mem0 that serves.
   *
   * @param embedded whether it is the embedded memory server, which is nobody's target
   * @throws UserErrorException if its ledger is another mem0's, or it has another ledger
   */
  void requireServing(URI url, boolean embedded, String ledger) {
    Optional<String> its = embedded ? Optional.empty() : ledgerOf(url);
    if (its.isPresent() && !its.get().equals(ledger)) {
      throw new UserErrorException(
          "--mem0-url: what the mem0 at %s holds is told by the ledger %s: give --ledger %s%s"
              .formatted(url, its.get(), its.get(), otherwise(its.get())));
    }
    String owner = urls.getProperty(ledger);
    if (owner != null && (embedded || !Mem0Address.isSame(url, URI.create(owner)))) {
      throw new UserErrorException(
          "--ledger: %s tells what the mem0 at %s holds, and no other: give --mem0-url %s%s"
              .formatted(ledger, owner, owner, otherwise(ledger)));
    }
  }

  /**
   * Checks a target.
   *
   * @throws UserErrorException if its ledger is another mem0's, or it has another ledger
   */
  void requireTarget(Target target) {
    Optional<String> its = ledgerOf(target.url());
    if (its.isPresent() && !its.get().equals(target.ledger())) {
      throw new UserErrorException(
          "--target-url: what the mem0 at %s holds is told by the ledger %s: give --target-ledger %s%s"
              .formatted(target.url(), its.get(), its.get(), otherwise(its.get())));
    }
    String owner = urls.getProperty(target.ledger());
    if (owner != null && !Mem0Address.isSame(target.url(), URI.create(owner))) {
      throw new UserErrorException(
          "--target-ledger: %s tells what the mem0 at %s holds, and no other: give another name%s"
              .formatted(target.ledger(), owner, otherwise(target.ledger())));
    }
  }

  /**
   * Remembers a target, before anything is written to it.
   *
   * @throws UserErrorException if the file cannot be written
   */
  void remember(Target target) {
    if (urls.getProperty(target.ledger()) == null) {
      urls.setProperty(target.ledger(), target.url().toString());
      write();
    }
  }

  private Optional<String> ledgerOf(URI url) {
    return new TreeSet<>(urls.stringPropertyNames())
        .stream()
            .filter(ledger -> Mem0Address.isSame(url, URI.create(urls.getProperty(ledger))))
            .findFirst();
  }

  private String otherwise(String ledger) {
    return " (if that mem0 has moved or was emptied, change or delete the line of %s in %s)"
        .formatted(ledger, file);
  }

  private void write() {
    StringWriter text = new StringWriter();
    try {
      urls.store(
          text, "Which ledger tells what which mem0 holds, of those that were --target-url.");
      OwnerOnly.write(file, text.toString());
    } catch (IOException e) {
      throw new UserErrorException("--data-dir: " + file + " cannot be written: " + e, e);
    }
  }
}
