package dev.tavernmem0.cli.run;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.core.joran.spi.JoranException;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** Logs of all parts into one file; they share this process. */
final class Logging {
  /** The configuration, for the services, which configure logging again as they start. */
  static final String CONFIG = "classpath:run-logback.xml";

  private Logging() {}

  static void toFile(Path file, boolean alsoOnTerminal) {
    System.setProperty("LOG_FILE", file.toString());
    System.setProperty("CONSOLE_LOG_THRESHOLD", alsoOnTerminal ? "INFO" : "OFF");
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    try {
      configurator.doConfigure(Logging.class.getResource("/run-logback.xml"));
    } catch (JoranException e) {
      throw new IllegalStateException("the built-in logging configuration is broken", e);
    }
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
  }
}
