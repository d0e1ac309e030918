package dev.tavernmem0.service;

import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;

/**
 * How every service is started. Several can run in one JVM, because each reads a configuration file
 * of its own beside the common {@code service.yaml}, over which it wins.
 */
public final class ServiceApplication {
  private ServiceApplication() {}

  /**
   * An application that is not running yet; the caller runs and closes it.
   *
   * @param main its {@code @SpringBootApplication}
   * @param name of its configuration file, without {@code .yaml}
   */
  public static SpringApplicationBuilder builder(Class<?> main, String name) {
    return new SpringApplicationBuilder(main)
        .main(main)
        .web(WebApplicationType.SERVLET)
        .bannerMode(Banner.Mode.OFF)
        .properties("spring.config.name=service," + name);
  }
}
