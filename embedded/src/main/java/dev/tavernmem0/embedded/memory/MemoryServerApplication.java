package dev.tavernmem0.embedded.memory;

import dev.tavernmem0.service.ServiceApplication;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;

/**
 * A memory server for one machine that speaks mem0 v2's REST interface, so that the pipeline runs
 * without mem0, PostgreSQL or a language model. It reads its settings from {@code
 * memory-server.yaml} and the environment.
 */
@SpringBootApplication(proxyBeanMethods = false)
@EnableConfigurationProperties(MemoryServerProperties.class)
public class MemoryServerApplication {

  /**
   * The application, to be run by itself or beside others in one process. {@code
   * run("--server.port=0", …)} starts it; closing the context that this returns stops it.
   */
  public static SpringApplicationBuilder builder() {
    return ServiceApplication.builder(MemoryServerApplication.class, "memory-server");
  }

  @SuppressWarnings("resource") // runs until the process is told to end
  public static void main(String[] args) {
    SpringApplication application = builder().build(args);
    application.run(args);
  }
}
