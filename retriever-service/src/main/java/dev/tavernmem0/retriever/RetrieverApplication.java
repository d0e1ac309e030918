package dev.tavernmem0.retriever;

import dev.tavernmem0.service.ServiceApplication;
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
    return ServiceApplication.builder(RetrieverApplication.class, "retriever-service");
  }

  /** Runs the service alone. */
  public static void main(String[] args) {
    builder().run(args);
  }
}
