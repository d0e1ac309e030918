package dev.tavernmem0.watcher.verify;

import dev.tavernmem0.watcher.files.ChatPath;
import dev.tavernmem0.watcher.files.FileStamp;
import dev.tavernmem0.watcher.track.GoneChat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A chat of which file and log differ.
 *
 * @param path where its file is, or was
 * @param chatId null if neither the log nor the watcher's state knows it
 * @param stamp of the file after it was read; empty if there is none
 * @param differences at least one
 * @param gone what the log has of it where neither a file nor the watcher's state has it; null if
 *     that is not so
 */
record ChatFinding(
    ChatPath path,
    @Nullable String chatId,
    Optional<FileStamp> stamp,
    List<Difference> differences,
    @Nullable GoneChat gone) {}
