package dev.tavernmem0.watcher.host;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The watcher; {@code tavern.watcher.*}.
 *
 * @param dataRoot SillyTavern's data root: the directory with one directory per user
 * @param name logical name of this SillyTavern; part of the state's keys, never change it
 * @param handles users to watch; empty watches all
 * @param snapshotMode {@code initial} publishes the chats that are there at the first start, {@code
 *     never} takes them as known
 * @param watchMode {@code auto} uses the file system's events, {@code poll} is for mounts without
 * @param rescanInterval between looks at all files while events work
 * @param pollInterval between looks at all files where events do not work
 * @param settleFile how long an incomplete file is waited for
 * @param renameWindow how long a vanished chat is given to appear under another name
 * @param maxLineBytes longer lines are skipped and reported
 * @param includeRaw whether events carry the line as SillyTavern wrote it
 * @param timeZone of old dates without one; empty for this machine's
 * @param restart how a failed engine is started again
 * @param topics how missing topics are created
 */
@Validated
@ConfigurationProperties("tavern.watcher")
public record WatcherProperties(
    @NotNull Path dataRoot,
    @NotBlank @DefaultValue("tavern") String name,
    @DefaultValue List<String> handles,
    @Pattern(regexp = "initial|never") @DefaultValue("initial") String snapshotMode,
    @Pattern(regexp = "auto|poll") @DefaultValue("auto") String watchMode,
    @NotNull @DurationMin(millis = 100) @DefaultValue("30s") Duration rescanInterval,
    @NotNull @DurationMin(millis = 100) @DefaultValue("5s") Duration pollInterval,
    @NotNull @DurationMin @DefaultValue("2s") Duration settleFile,
    @NotNull @DurationMin @DefaultValue("3s") Duration renameWindow,
    @Min(1024) @DefaultValue("8388608") int maxLineBytes,
    @DefaultValue("true") boolean includeRaw,
    @DefaultValue("") String timeZone,
    @Valid @DefaultValue Restart restart,
    @Valid @DefaultValue Topics topics) {

  /**
   * Restarts.
   *
   * @param initialBackoff wait after the first failure; doubles with each one
   * @param maxBackoff longest wait
   */
  public record Restart(
      @NotNull @DurationMin(millis = 1) @DefaultValue("1s") Duration initialBackoff,
      @NotNull @DurationMin(millis = 1) @DefaultValue("60s") Duration maxBackoff) {}

  /**
   * Topics that are missing.
   *
   * @param partitions of the turns and the ledger
   * @param replicationFactor 1 on a single broker
   */
  public record Topics(
      @Min(1) @DefaultValue("12") int partitions,
      @Min(1) @Max(Short.MAX_VALUE) @DefaultValue("1") int replicationFactor) {}
}
