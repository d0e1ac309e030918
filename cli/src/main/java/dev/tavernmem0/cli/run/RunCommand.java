package dev.tavernmem0.cli.run;

import dev.tavernmem0.cli.UserErrorException;
import dev.tavernmem0.common.kafka.Topics;
import java.io.IOException;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tavern-mem0 run}: starts the whole pipeline in this process until it is stopped. */
@Command(
    name = "run",
    description = {
      "Starts the whole pipeline: watches SillyTavern's chats, writes memories and serves them.",
      "Without --sillytavern it shows itself on sample chats."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    footer = {
      "",
      "Every setting of the services can be given as an environment variable as well; see"
          + " docs/configuration.md. MEM0_API_KEY is only read from the environment."
    })
public final class RunCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @Spec private CommandSpec spec;

  @Option(
      names = "--sillytavern",
      paramLabel = "PATH",
      description = "SillyTavern's data root, the directory with 'default-user' in it.",
      defaultValue = "${env:TAVERN_SILLYTAVERN}",
      showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER)
  private @Nullable String sillyTavern;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "Where the event log and the memories are kept.",
      defaultValue = "${env:TAVERN_DATA_DIR}")
  private String dataDir = DataDirectory.defaultPath().toString();

  @Option(
      names = "--mem0-url",
      paramLabel = "URL",
      description =
          "Use this mem0 server in place of the embedded memory server. One that is not up yet is"
              + " waited for.",
      defaultValue = "${env:MEM0_BASE_URL}",
      showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER)
  private @Nullable String mem0Url;

  @Option(
      names = "--ledger",
      paramLabel = "NAME",
      description =
          "The topic that tells what was written to mem0: another one for each mem0. After a move,"
              + " the target's.",
      defaultValue = "${env:TAVERN_TOPICS_LEDGER}",
      showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER)
  private @Nullable String ledger;

  @Mixin private final TargetOptions target = new TargetOptions();

  @Option(
      names = "--kafka",
      paramLabel = "HOST:PORT",
      description =
          "Use this Kafka in place of the embedded broker. One that is not up yet is waited for.",
      defaultValue = "${env:SPRING_KAFKA_BOOTSTRAP_SERVERS}",
      showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER)
  private @Nullable String kafka;

  @Mixin private final PortOptions ports = new PortOptions();

  @Option(names = "--verbose", description = "Print the services' logs on the terminal too.")
  private boolean verbose;

  @SuppressWarnings("NullAway.Init") // picocli sets the spec before it calls anything
  public RunCommand() {}

  /** Where each part listens, on 127.0.0.1. */
  static final class PortOptions {
    @Option(
        names = "--retriever-port",
        paramLabel = "PORT",
        description = "Port for retrieval and injection: what SillyTavern asks.",
        defaultValue = "8002")
    private int retriever;

    @Option(
        names = "--writer-port",
        paramLabel = "PORT",
        description = "Port for the writer: status and operation.",
        defaultValue = "8003")
    private int writer;

    @Option(
        names = "--watcher-port",
        paramLabel = "PORT",
        description = "Port for the watcher: status.",
        defaultValue = "8004")
    private int watcher;

    @Option(
        names = "--memory-port",
        paramLabel = "PORT",
        description = "Port for the embedded memory server.",
        defaultValue = "8001")
    private int memory;

    @Option(
        names = "--kafka-port",
        paramLabel = "PORT",
        description = "Port for the embedded broker. All ports are on 127.0.0.1.",
        defaultValue = "9092")
    private int kafka;

    RunOptions.ListenPorts listen() {
      return new RunOptions.ListenPorts(watcher, writer, retriever, memory, kafka);
    }
  }

  @Override
  public Integer call() throws Exception {
    requireUnicodeFileNames();
    URI mem0 = ifGiven(mem0Url, url -> ExternalMem0.url("--mem0-url", url));
    String brokers = ifGiven(kafka, ExternalKafka::requireAddresses);
    SillyTavernRoot given = ifGiven(sillyTavern, path -> SillyTavernRoot.of(Path.of(path)));
    String ledgerName =
        Objects.requireNonNullElse(
            ifGiven(ledger, name -> TargetOptions.requireLedgerName("--ledger", name)),
            Topics.LEDGER);
    URI serving = mem0 == null ? URI.create("http://127.0.0.1:" + ports.memory) : mem0;
    Target next = target.target(serving, ledgerName);
    requireFreePorts(mem0, brokers, next);
    Path directory =
        Objects.requireNonNullElseGet(
            ifGiven(dataDir, path -> Path.of(path)), DataDirectory::defaultPath);
    try (DataDirectory data = DataDirectory.open(directory)) {
      data.requireRoom();
      TargetLedgers ledgers = TargetLedgers.of(data.path());
      ledgers.requireServing(serving, mem0 == null, ledgerName);
      if (next != null) {
        ledgers.requireTarget(next);
        ledgers.remember(next);
      }
      Logging.toFile(data.logFile(), verbose);
      Progress progress = new Progress(spec.commandLine().getOut());
      SillyTavernRoot chats =
          given == null ? SillyTavernRoot.of(SampleChats.copyTo(data.samples())) : given;
      RunOptions options =
          new RunOptions(
              chats,
              given == null,
              mem0,
              System.getenv("MEM0_API_KEY"),
              ledgerName,
              next,
              brokers,
              ports.listen());
      run(data, options, progress);
    }
    return 0;
  }

  private static void run(DataDirectory data, RunOptions options, Progress progress)
      throws InterruptedException, IOException {
    progress.say("tavern-mem0 starts on %s", data.path());
    RunningServices.tell(data, options.ports(), options.target());
    ExternalParts others = ExternalParts.of(options, progress);
    others.begin();
    Pipeline pipeline = new Pipeline(options, data, progress);
    Stop stop = new Stop(pipeline, progress);
    StopSignals.handle(
        exitStatus -> {
          stop.run();
          System.exit(exitStatus);
        });
    Thread hook = new Thread(stop, "shutdown");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      others.awaitMissing(stop.latch(), stop);
      pipeline.start();
      followMove(options, progress, others, stop);
      new Guide(options, data, progress, PATIENCE, others::allHere).show(stop.latch());
    } catch (RuntimeException e) {
      if (!stop.begun()) {
        Runtime.getRuntime().removeShutdownHook(hook);
        pipeline.close();
        throw e;
      }
    }
    stop.awaitEnd();
    others.requireRight();
  }

  /** Beside everything else, for it may take days. */
  private static void followMove(
      RunOptions options, Progress progress, ExternalParts others, Stop stop) {
    Target target = options.target();
    if (target == null) {
      return;
    }
    MoveGuide guide =
        new MoveGuide(options.ports(), target, progress, PATIENCE, others::targetsHere);
    Thread following =
        new Thread(
            () -> {
              try {
                guide.show(stop.latch());
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "move");
    following.setDaemon(true);
    following.start();
  }

  /** An environment variable that is set to nothing is as good as none. */
  private static <T> @Nullable T ifGiven(@Nullable String option, Function<String, T> reading) {
    return option == null || option.isBlank() ? null : reading.apply(option);
  }

  private void requireFreePorts(
      @Nullable URI mem0, @Nullable String brokers, @Nullable Target next) {
    Ports wanted =
        new Ports()
            .want("--retriever-port", ports.retriever)
            .want("--writer-port", ports.writer)
            .want("--watcher-port", ports.watcher);
    if (mem0 == null) {
      wanted.want("--memory-port", ports.memory);
    }
    if (brokers == null) {
      wanted.want("--kafka-port", ports.kafka);
    }
    if (next != null) {
      wanted.want("--target-writer-port", next.writerPort());
    }
    wanted.requireFree();
  }

  private static void requireUnicodeFileNames() {
    if (!canBeFileName("\u6797")) {
      throw new UserErrorException(
          "this Java cannot read file names in all languages, as SillyTavern writes them;"
              + " it takes their encoding from the locale: set LC_ALL=C.UTF-8");
    }
  }

  private static boolean canBeFileName(String name) {
    try {
      return Path.of(name).endsWith(name);
    } catch (InvalidPathException e) {
      return false;
    }
  }
}
