package dev.tavernmem0.cli.run;

import dev.tavernmem0.cli.UserErrorException;
import dev.tavernmem0.common.identity.Mem0Ids;
import dev.tavernmem0.common.mem0.ApiVersion;
import dev.tavernmem0.common.mem0.Mem0Client;
import dev.tavernmem0.common.mem0.Mem0ClientOptions;
import dev.tavernmem0.common.mem0.Mem0Exception;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The mem0 that {@code --mem0-url} or {@code --target-url} names. */
final class ExternalMem0 implements ExternalPart {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final int HTTP_PORT = 80;

  private final Role role;
  private final URI url;
  private final @Nullable String apiKey;
  private final String userId;

  /** What it is for, and how the user has given it. */
  enum Role {
    SERVING(
        "--mem0-url",
        "MEM0_API_KEY",
        ". Until then turns wait, and prompts go through without memories"),
    TARGET(
        "--target-url",
        TargetOptions.KEY_VARIABLE,
        ". Until then its turns wait; the mem0 that serves goes on");

    private final String option;
    private final String keyVariable;
    private final String untilThen;

    Role(String option, String keyVariable, String untilThen) {
      this.option = option;
      this.keyVariable = keyVariable;
      this.untilThen = untilThen;
    }
  }

  /**
   * @param userId whose memories it is asked for
   */
  ExternalMem0(Role role, URI url, @Nullable String apiKey, String userId) {
    this.role = role;
    this.url = url;
    this.apiKey = apiKey == null || apiKey.isBlank() ? null : apiKey;
    this.userId = userId;
  }

  /** The one that serves, if others run it; null if it is the embedded memory server. */
  static @Nullable ExternalMem0 of(RunOptions options) {
    return options.mem0Url() == null
        ? null
        : new ExternalMem0(Role.SERVING, options.mem0Url(), options.mem0ApiKey(), user(options));
  }

  /** The one that is written to as well; null if there is none. */
  static @Nullable ExternalMem0 targetOf(RunOptions options) {
    Target target = options.target();
    return target == null
        ? null
        : new ExternalMem0(Role.TARGET, target.url(), target.apiKey(), user(options));
  }

  private static String user(RunOptions options) {
    return Mem0Ids.user(options.sillyTavern().handles().get(0));
  }

  /**
   * Reads an option.
   *
   * @throws UserErrorException if it is no http(s) URL
   */
  static URI url(String option, String given) {
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
        option + ": not an http(s) URL: '" + given + "'; for example http://localhost:8001");
  }

  @Override
  public Look look() {
    if (role == Role.SERVING) {
      return seen();
    }
    try {
      return seen();
    } catch (UserErrorException e) {
      // Whatever answers there, the mem0 that serves is not to suffer for it.
      return notYet(
          String.valueOf(e.getMessage()),
          "check " + role.option + " and start this again" + role.untilThen);
    }
  }

  private Look seen() {
    try (Mem0Client mem0 =
        new Mem0Client(new Mem0ClientOptions(url, apiKey, ApiVersion.AUTO, TIMEOUT, TIMEOUT, 1))) {
      mem0.listOfUser(userId, 1);
      String version = mem0.version().name().toLowerCase(Locale.ROOT);
      return new Look.Here("mem0 " + version + " at " + url);
    } catch (Mem0Exception.Auth e) {
      return refused(e);
    } catch (Mem0Exception.Permanent e) {
      throw new UserErrorException(
          role.option + ": no mem0 can be used at " + url + ": " + e.getMessage(), e);
    } catch (Mem0Exception e) {
      Integer status = e.status();
      return status == null ? silent(e) : answered(status, e);
    }
  }

  private Look refused(Mem0Exception.Auth failure) {
    return apiKey == null
        ? notYet(
            "it wants a key (" + failure.status() + ")",
            "set " + role.keyVariable + " and start this again" + role.untilThen)
        : notYet(
            "it refuses the key in " + role.keyVariable + " (" + failure.status() + ")",
            "have mem0 take it, or start this again with the right one" + role.untilThen);
  }

  private Look silent(Mem0Exception failure) {
    if ("http".equals(url.getScheme())) {
      int port = url.getPort() == -1 ? HTTP_PORT : url.getPort();
      switch (PortLanguage.at(url.getHost(), port)) {
        case TLS ->
            throw new UserErrorException(
                role.option + ": " + url + " speaks TLS: give it as https://", failure);
        case TEXT ->
            throw new UserErrorException(
                role.option + ": what answers at " + url + " is no mem0, nor does it speak HTTP",
                failure);
        case HTTP, UNKNOWN -> {
          // It was away a moment ago.
        }
      }
    }
    // HttpClient's own words repeat the address.
    String why = StartFailure.rootCause(failure).replaceFirst("^Connect to .* failed: ", "");
    return notYet(why, start());
  }

  private Look answered(int status, Mem0Exception failure) {
    if (status < 300) {
      throw new UserErrorException(
          "%s: what answers at %s is no mem0, but something else, a web page perhaps (%s)"
              .formatted(role.option, url, failure.getMessage()),
          failure);
    }
    boolean mayBeAnother = status < 500 && (status < 400 || status == 404 || status == 405);
    return mayBeAnother
        ? notYet(
            "what answers is no mem0 (" + status + "), perhaps a proxy whose mem0 is away",
            "if it stays so, check " + role.option + role.untilThen)
        : notYet("it answers " + status, start());
  }

  private String start() {
    return "start it, or check " + role.option + role.untilThen;
  }

  private Look notYet(String why, String remedy) {
    return new Look.NotYet("mem0 at " + url, why, remedy);
  }
}
