package dev.tavernmem0.watcher.host;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.common.config.SslConfigs;
import org.springframework.boot.kafka.autoconfigure.SslBundleSslEngineFactory;
import org.springframework.boot.ssl.SslBundle;

/**
 * The certificates of {@code spring.kafka.ssl.bundle} for clients whose settings are texts, as
 * those inside the engine are: Spring Boot's own factory wants the bundle itself among the
 * settings. Kafka makes it by name. Thread-safe.
 */
public final class BundledSslEngineFactory extends SslBundleSslEngineFactory {
  /** The setting that says which bundle. */
  static final String BUNDLE = "tavern.ssl.bundle";

  private static final List<SslBundle> BUNDLES = new CopyOnWriteArrayList<>();

  /** Settings that are texts, and mean the same as a bundle among the settings does. */
  static Map<String, String> settings(SslBundle bundle) {
    synchronized (BUNDLES) {
      if (!BUNDLES.contains(bundle)) {
        BUNDLES.add(bundle);
      }
      return Map.of(
          SslConfigs.SSL_ENGINE_FACTORY_CLASS_CONFIG,
          BundledSslEngineFactory.class.getName(),
          BUNDLE,
          Integer.toString(BUNDLES.indexOf(bundle)));
    }
  }

  @Override
  public void configure(Map<String, ?> settings) {
    Map<String, Object> all = new HashMap<>(settings);
    int bundle = Integer.parseInt(String.valueOf(settings.get(BUNDLE)));
    all.put(SslBundle.class.getName(), BUNDLES.get(bundle));
    super.configure(all);
  }
}
