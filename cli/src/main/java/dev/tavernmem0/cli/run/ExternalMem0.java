package dev.tavernmem0.cli.run;

import dev.tavernmem0.cli.UserErrorException;
import dev.tavernmem0.common.mem0.ApiVersion;
import dev.tavernmem0.common.mem0.Mem0Client;
import dev.tavernmem0.common.mem0.Mem0ClientOptions;
import dev.tavernmem0.common.mem0.Mem0Exception;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The mem0 that {@code --mem0-url} names. */
final class ExternalMem0 {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private ExternalMem0() {}

  /**
   * Reads the option.
   *
   * @throws UserErrorException if it is no http(s) URL
   */
  static URI url(String given) {
    try {
      URI url = new URI(given);
      if (url.getHost() != null
          && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
        return url;
      }
    } catch (URISyntaxException e) {
      // Falls through: what is wrong with it does not matter.
    }
    throw new UserErrorException(
        "--mem0-url: not an http(s) URL: '" + given + "'; for example http://localhost:8001");
  }

  /**
   * Asks it for a memory of this user.
   *
   * @return its generation, {@code v1} or {@code v2}
   * @throws UserErrorException if it does not answer, is no mem0, or refuses the key
   */
  static String requireUsable(URI url, @Nullable String apiKey, String userId) {
    try (Mem0Client mem0 =
        new Mem0Client(new Mem0ClientOptions(url, apiKey, ApiVersion.AUTO, TIMEOUT, TIMEOUT, 1))) {
      mem0.listOfUser(userId, 1);
      return mem0.version().name().toLowerCase(Locale.ROOT);
    } catch (Mem0Exception.Auth e) {
      throw new UserErrorException(
          "--mem0-url: mem0 at "
              + url
              + (apiKey == null
                  ? " wants a key: set MEM0_API_KEY"
                  : " refuses the key in MEM0_API_KEY"),
          e);
    } catch (Mem0Exception e) {
      throw new UserErrorException(
          "--mem0-url: no mem0 can be used at "
              + url
              + ": "
              + (e.status() == null ? StartFailure.rootCause(e) : e.getMessage()),
          e);
    }
  }
}
