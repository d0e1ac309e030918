package dev.tavernmem0.writer;

import dev.tavernmem0.service.ServiceApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Writes turn events to mem0 as memories. Configured by {@code writer-service.yaml}. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class WriterApplication {

  /** The application, ready to run. */
  public static SpringApplicationBuilder builder() {
    return ServiceApplication.builder(WriterApplication.class, "writer-service");
  }

  public static void main(String[] args) {
    builder().run(args);
  }
}
