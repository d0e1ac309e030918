package dev.tavernmem0.watcher;

import dev.tavernmem0.service.ServiceApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Publishes SillyTavern's chats as turn events. Configured by {@code chat-watcher.yaml}. */
@SpringBootApplication(proxyBeanMethods = false)
@ConfigurationPropertiesScan
public class ChatWatcherApplication {
  protected ChatWatcherApplication() {}

  /** The application, ready to run. */
  public static SpringApplicationBuilder builder() {
    return ServiceApplication.builder(ChatWatcherApplication.class, "chat-watcher");
  }

  /** Runs the service alone. */
  public static void main(String[] args) {
    builder().run(args);
  }
}
