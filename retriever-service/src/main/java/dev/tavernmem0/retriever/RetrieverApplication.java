package dev.tavernmem0.retriever;

import org.springframework.boot.Banner;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;

/**
 * The retriever service. Runs alone, or beside the other services in one process: its configuration
 * file is {@code retriever-service.yaml}, and only its own package is scanned.
 */
@SpringBootApplication(proxyBeanMethods = false)
public class RetrieverApplication {
  protected RetrieverApplication() {}

  /** An application that is not running yet; the caller runs and closes it. */
  public static SpringApplicationBuilder builder() {
    return new SpringApplicationBuilder(RetrieverApplication.class)
        .properties("spring.config.name=retriever-service")
        .bannerMode(Banner.Mode.OFF);
  }

  /** Runs the service alone. */
  public static void main(String[] args) {
    builder().run(args);
  }
}
