package dev.tavernmem0.cli.run;

import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Where a mem0 is, however that is written. */
final class Mem0Address {
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;

  private Mem0Address() {}

  /**
   * Whether two URLs are of one mem0: those that differ in case, a default port, slashes at the end
   * or the name of this machine. Other names are not looked up.
   */
  static boolean isSame(URI one, URI other) {
    return plain(one).equals(plain(other));
  }

  private static String plain(URI url) {
    String scheme = lower(url.getScheme());
    int port = url.getPort();
    if (port == -1) {
      port = scheme.equals("https") ? HTTPS_PORT : HTTP_PORT;
    }
    String path = url.getPath() == null ? "" : url.getPath().replaceFirst("/+$", "");
    return scheme + "://" + host(lower(url.getHost())) + ":" + port + path;
  }

  private static String host(String host) {
    boolean isThisMachine =
        host.equals("localhost")
            || host.endsWith(".localhost")
            || host.matches("127\\.\\d+\\.\\d+\\.\\d+")
            || host.equals("[::1]");
    return isThisMachine ? "localhost" : host;
  }

  private static String lower(@Nullable String text) {
    return text == null ? "" : text.toLowerCase(Locale.ROOT);
  }
}
