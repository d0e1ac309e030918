package dev.tavernmem0.service.access;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who may call a service.
 *
 * @param apiKey what callers send as {@code X-API-Key} or as bearer token; empty lets everybody in,
 *     which a service allows on loopback only
 * @param hosts names besides {@code localhost}, {@code 127.0.0.1} and {@code [::1]} under which a
 *     service may be called on loopback, without port: that of a reverse proxy, for example
 * @param origins whose pages may call from a browser, such as {@code http://localhost:8000}
 */
@ConfigurationProperties("tavern.access")
public record AccessProperties(
    @Nullable String apiKey, @DefaultValue List<String> hosts, @DefaultValue List<String> origins) {

  public AccessProperties {
    apiKey = apiKey == null || apiKey.isBlank() ? null : apiKey.strip();
    hosts = List.copyOf(hosts);
    origins = List.copyOf(origins);
  }

  @Override
  public String toString() {
    return "AccessProperties[hosts=" + hosts + ", origins=" + origins + "]";
  }
}
