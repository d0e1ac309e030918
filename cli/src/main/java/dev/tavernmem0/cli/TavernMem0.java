package dev.tavernmem0.cli;

import dev.tavernmem0.cli.doctor.DoctorCommand;
import dev.tavernmem0.cli.hook.InstallHookCommand;
import dev.tavernmem0.cli.operate.ChatsCommand;
import dev.tavernmem0.cli.operate.Commands;
import dev.tavernmem0.cli.operate.DeadCommand;
import dev.tavernmem0.cli.operate.ExportCommand;
import dev.tavernmem0.cli.operate.FateCommand;
import dev.tavernmem0.cli.operate.ForgetCommand;
import dev.tavernmem0.cli.operate.HoldsCommand;
import dev.tavernmem0.cli.operate.ImportCommand;
import dev.tavernmem0.cli.operate.MemoriesCommand;
import dev.tavernmem0.cli.operate.PauseCommand;
import dev.tavernmem0.cli.operate.ReplayCommand;
import dev.tavernmem0.cli.operate.RequeueCommand;
import dev.tavernmem0.cli.operate.RescueCommand;
import dev.tavernmem0.cli.operate.ResumeCommand;
import dev.tavernmem0.cli.operate.SnapshotCommand;
import dev.tavernmem0.cli.operate.StatusCommand;
import dev.tavernmem0.cli.operate.Surroundings;
import dev.tavernmem0.cli.operate.SweepCommand;
import dev.tavernmem0.cli.operate.TurnsCommand;
import dev.tavernmem0.cli.operate.VerifyCommand;
import dev.tavernmem0.cli.run.RunCommand;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The program {@code tavern-mem0}. Exit codes: 0 done, 1 failed or refused, 2 wrong usage, 3 a
 * service is not reachable; 130 and 143 when stopped by a signal.
 */
@Command(
    name = "tavern-mem0",
    description = "Long-term memory for SillyTavern with mem0.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    subcommands = {
      RunCommand.class,
      InstallHookCommand.class,
      DoctorCommand.class,
      StatusCommand.class,
      ChatsCommand.class,
      TurnsCommand.class,
      FateCommand.class,
      MemoriesCommand.class,
      HoldsCommand.class,
      DeadCommand.class,
      RequeueCommand.class,
      SweepCommand.class,
      PauseCommand.class,
      ResumeCommand.class,
      SnapshotCommand.class,
      ReplayCommand.class,
      ForgetCommand.class,
      VerifyCommand.class,
      ExportCommand.class,
      ImportCommand.class,
      RescueCommand.class
    })
public final class TavernMem0 implements Runnable {
  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the spec before it calls anything
  TavernMem0() {}

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "Missing command: say what to do, for example 'tavern-mem0 run'.");
  }

  /** The command line with its error handling; for {@link #main} and for tests. */
  public static CommandLine commandLine(Surroundings surroundings) {
    return new CommandLine(new TavernMem0(), new Commands(surroundings))
        .setResourceBundle(surroundings.messages().bundle())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler((exception, arguments) -> wrongUsage(exception))
        .setExecutionExceptionHandler(
            (exception, commandLine, parseResult) -> {
              if (exception instanceof UserErrorException) {
                commandLine.getErr().println("tavern-mem0: " + exception.getMessage());
              } else {
                commandLine
                    .getErr()
                    .println("tavern-mem0: failed unexpectedly; please report this");
                exception.printStackTrace(commandLine.getErr());
              }
              return CommandLine.ExitCode.SOFTWARE;
            });
  }

  private static int wrongUsage(ParameterException exception) {
    CommandLine command = exception.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    PrintWriter err = command.getErr();
    err.println("tavern-mem0: " + exception.getMessage());
    if (!UnmatchedArgumentException.printSuggestions(exception, err)) {
      err.println("'" + name + " --help' lists what there is.");
    }
    return CommandLine.ExitCode.USAGE;
  }

  public static void main(String[] args) {
    System.exit(commandLine(Surroundings.ofProcess()).execute(args));
  }
}
