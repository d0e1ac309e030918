package dev.tavernmem0.writer;

import org.springframework.boot.Banner;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Writes turn events to mem0 as memories. Configured by {@code writer-service.yaml}. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class WriterApplication {

  /**
   * The application, ready to run; several services can run in one JVM because each reads a
   * configuration file of its own.
   */
  public static SpringApplicationBuilder builder() {
    return new SpringApplicationBuilder(WriterApplication.class)
        .properties("spring.config.name=writer-service")
        .bannerMode(Banner.Mode.OFF);
  }

  public static void main(String[] args) {
    builder().run(args);
  }
}
