package dev.tavernmem0.common.event;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One message of a chat as it stands after a change.
 *
 * @param turnId minted once; survives edits, swipes, moves, chat renames and restarts
 * @param hash hash of {@code role} and {@code text} only, see {@link
 *     dev.tavernmem0.common.identity.TurnHash}
 * @param position index in the chat, 0 for the first message after the header
 * @param name the speaker's display name as the chat has it
 * @param agent the character that speaks (avatar file's stem); null for the user and the narrator
 * @param text the message ({@code mes}), exactly as SillyTavern stores it
 * @param sentAt when it was sent; null if the chat does not say or its date cannot be read
 * @param hidden excluded from the prompt ({@code is_system} is truthy); hiding is not forgetting
 * @param greeting a character's line before the first user turn
 * @param swipe index of the chosen alternative, 0 when there are none
 * @param swipes number of alternatives, at least 1
 */
public record Turn(
    String turnId,
    String hash,
    int position,
    Role role,
    String name,
    @Nullable String agent,
    String text,
    @Nullable Instant sentAt,
    boolean hidden,
    boolean greeting,
    int swipe,
    int swipes) {}
