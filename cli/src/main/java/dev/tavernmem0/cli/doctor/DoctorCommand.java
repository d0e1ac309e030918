package dev.tavernmem0.cli.doctor;

import dev.tavernmem0.cli.operate.Messages;
import dev.tavernmem0.cli.operate.Operation;
import dev.tavernmem0.cli.operate.Services;
import dev.tavernmem0.cli.run.DataDirectory;
import dev.tavernmem0.service.info.ProgramVersion;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tavern-mem0 doctor}: whether everything is there that a set-up needs. */
@Command(name = "doctor", sortOptions = false, mixinStandardHelpOptions = true)
public final class DoctorCommand implements Callable<Integer> {
  /** For what a service knows by itself. */
  private static final Duration SERVICE_LIMIT = Duration.ofSeconds(5);

  /** For what the retriever asks mem0, which it gives five seconds of its own. */
  private static final Duration MEM0_LIMIT = Duration.ofSeconds(10);

  private static final long ENOUGH_ROOM = 1024L * 1024 * 1024;

  @Mixin private Operation operation;

  @Option(names = "--sillytavern", paramLabel = "PATH")
  private @Nullable Path sillyTavern;

  @Option(names = "--sillytavern-app", paramLabel = "PATH")
  private @Nullable Path app;

  @SuppressWarnings("NullAway.Init") // picocli sets the operation before it calls anything
  public DoctorCommand() {}

  @Override
  public Integer call() {
    return operation.run(
        (services, screen) -> {
          Diagnosis diagnosis = diagnosis(services, screen.messages());
          screen.show(diagnosis.json(), () -> diagnosis.show(screen));
          return diagnosis.exitCode();
        });
  }

  private Diagnosis diagnosis(Services services, Messages messages) {
    Map<String, String> environment = operation.environment();
    Path data = DataDirectory.path(environment).toAbsolutePath();
    Path given =
        sillyTavern == null ? path(environment.get("TAVERN_SILLYTAVERN")) : absolute(sillyTavern);
    Looks looks = Looks.at(services.within(SERVICE_LIMIT), Clock.systemUTC());
    Path watched = path(looks.watcher().look().status().path("data_root").asString(""));
    List<Check> checks =
        List.of(
            new ServicesCheck(looks, messages),
            new VersionCheck(looks, ProgramVersion.current(), messages),
            new ClockCheck(looks, messages),
            new KafkaCheck(looks, messages),
            new Mem0Check(
                services.within(MEM0_LIMIT).retriever(),
                looks.retriever(),
                System::nanoTime,
                messages),
            new ModelCheck(looks.writer(), messages),
            new SillyTavernCheck(given, watched, data.resolve(DataDirectory.SAMPLES), messages),
            new HookCheck(app, given == null ? watched : given, messages),
            new DiskCheck(data, DataDirectory.LEAST_ROOM, ENOUGH_ROOM, messages),
            new PermissionsCheck(data, operation.filesWithKeys(), messages));
    return new Diagnosis(
        checks.stream().flatMap(check -> check.findings().stream()).toList(),
        looks.all().stream().anyMatch(ServiceLook::isReachable));
  }

  private static @Nullable Path path(@Nullable String name) {
    return name == null || name.isBlank() ? null : absolute(Path.of(name));
  }

  /** For whoever is told to give it elsewhere. */
  private static Path absolute(Path path) {
    return path.toAbsolutePath().normalize();
  }
}
