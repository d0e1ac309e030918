package dev.tavernmem0.testkit.mem0;

import dev.tavernmem0.common.mem0.ApiVersion;
import dev.tavernmem0.common.mem0.Mem0Client;
import dev.tavernmem0.common.mem0.Mem0ClientOptions;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The real mem0 for tests: a {@link Mem0Rig} of each generation, started by the first test that
 * needs it and stopped at the end of the run, with {@code -Dmem0.real=true}. Where {@code
 * MEM0_CONTRACT_URL} names a server (called with {@code MEM0_CONTRACT_API_KEY}, if set), it is that
 * one, with its own model; then tests of the other generation, and those that program the model,
 * are skipped.
 */
public final class RealMem0 implements BeforeAllCallback {
  private static final Logger LOG = LoggerFactory.getLogger(RealMem0.class);

  /** A system property: with both generations the tests take some five minutes. */
  private static final String WANTED = "mem0.real";

  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(RealMem0.class);

  private ExtensionContext.@Nullable Store rigs;

  @Override
  public void beforeAll(ExtensionContext context) {
    rigs = context.getRoot().getStore(NAMESPACE);
  }

  /** Whether the server is one that somebody else runs, with a model of its own. */
  public static boolean isForeign() {
    return foreignUrl() != null;
  }

  private static @Nullable String foreignUrl() {
    String url = System.getenv("MEM0_CONTRACT_URL");
    return url == null || url.isBlank() ? null : url;
  }

  /** The processes; the calling test is skipped without them. */
  public Mem0Rig rig(Generation generation) {
    if (isForeign()) {
      throw skipped("MEM0_CONTRACT_URL names a server whose model cannot be programmed");
    }
    if (!Boolean.getBoolean(WANTED)) {
      throw skipped("the real mem0 is started with -D" + WANTED + "=true only");
    }
    if (rigs == null) {
      throw new IllegalStateException("register it as a static field with @RegisterExtension");
    }
    Start start = rigs.computeIfAbsent(generation, key -> Start.of(generation), Start.class);
    if (start.rig == null) {
      throw skipped(start.obstacle);
    }
    return start.rig;
  }

  /** The reason is logged as well: Failsafe counts what is skipped, but does not say why. */
  private static RuntimeException skipped(String reason) {
    LOG.warn(reason);
    return Assumptions.abort(reason);
  }

  /**
   * What came of starting a rig, so that it is not tried again and again; JUnit closes it.
   *
   * @param rig null if there is none
   * @param obstacle why there is none; empty if there is one
   */
  private record Start(@Nullable Mem0Rig rig, String obstacle) implements AutoCloseable {
    static Start of(Generation generation) {
      try {
        return new Start(Mem0Rig.start(generation), "");
      } catch (Mem0Rig.UnavailableException e) {
        return new Start(null, String.valueOf(e.getMessage()));
      }
    }

    @Override
    public void close() throws IOException {
      if (rig != null) {
        rig.close();
      }
    }
  }

  /** Where the server is. */
  public URI url(Generation generation) {
    String foreign = foreignUrl();
    return foreign == null ? rig(generation).url() : URI.create(foreign);
  }

  /** What clients of the server send; null for none. */
  public @Nullable String apiKey(Generation generation) {
    return isForeign() ? System.getenv("MEM0_CONTRACT_API_KEY") : rig(generation).apiKey();
  }

  /** A client of the server, which the caller closes. */
  public Mem0Client client(Generation generation) {
    Mem0Client client =
        new Mem0Client(
            new Mem0ClientOptions(
                url(generation),
                apiKey(generation),
                ApiVersion.AUTO,
                Duration.ofSeconds(5),
                Duration.ofSeconds(60),
                4));
    if (!client.version().name().equals(generation.name())) {
      client.close();
      throw skipped("the server at MEM0_CONTRACT_URL is of another generation than " + generation);
    }
    return client;
  }
}
