package dev.tavernmem0.common.event;

import org.jspecify.annotations.Nullable;

/**
 * Where a turn event comes from; Debezium's {@code source} block.
 *
 * @param connector always {@code sillytavern}
 * @param version version of the connector that wrote the event
 * @param name logical name of the watched SillyTavern ({@code tavern} by default)
 * @param tsMs when SillyTavern saved the file, milliseconds since the epoch (file's mtime)
 * @param snapshot whether a snapshot read it
 * @param handle SillyTavern's user handle (the data directory's name)
 * @param scope where the chat's memories belong: mem0's {@code agent_id}, minted once for a
 *     character or group and kept through renames
 * @param kind solo or group
 * @param character avatar file's stem of the solo chat's character; null in group chats
 * @param group the group of a group chat; null in solo chats
 * @param chatId see {@link dev.tavernmem0.common.identity.ChatIds}
 * @param chatFile the chat's file name with its extension, without its directory
 * @param parentChatId the chat this one was branched or copied from, as far as is known; for
 *     information only
 * @param cause which action led to the change
 * @param saveId same for all events that came from one save of the file
 * @param raw the line as SillyTavern wrote it; null when switched off
 */
public record Source(
    String connector,
    String version,
    String name,
    long tsMs,
    SnapshotMarker snapshot,
    String handle,
    String scope,
    ChatKind kind,
    @Nullable String character,
    @Nullable Group group,
    String chatId,
    String chatFile,
    @Nullable String parentChatId,
    Cause cause,
    String saveId,
    @Nullable String raw) {

  Source withoutRaw() {
    return new Source(
        connector,
        version,
        name,
        tsMs,
        snapshot,
        handle,
        scope,
        kind,
        character,
        group,
        chatId,
        chatFile,
        parentChatId,
        cause,
        saveId,
        null);
  }
}
