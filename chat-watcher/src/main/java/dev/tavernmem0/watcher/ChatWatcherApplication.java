package dev.tavernmem0.watcher;

import org.springframework.boot.Banner;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Publishes SillyTavern's chats as turn events. Configured by {@code chat-watcher.yaml}. */
@SpringBootApplication(proxyBeanMethods = false)
@ConfigurationPropertiesScan
public class ChatWatcherApplication {
  protected ChatWatcherApplication() {}

  /**
   * The application, ready to run; several services can run in one JVM because each reads a
   * configuration file of its own.
   */
  public static SpringApplicationBuilder builder() {
    return new SpringApplicationBuilder(ChatWatcherApplication.class)
        .properties("spring.config.name=chat-watcher")
        .bannerMode(Banner.Mode.OFF);
  }

  /** Runs the service alone. */
  public static void main(String[] args) {
    builder().run(args);
  }
}
