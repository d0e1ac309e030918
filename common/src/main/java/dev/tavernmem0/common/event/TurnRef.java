package dev.tavernmem0.common.event;

/**
 * The version of a turn that a change replaced or removed.
 *
 * @param turnId the turn, as minted by {@link dev.tavernmem0.common.identity.TurnIds}
 * @param hash hash of role and text, see {@link dev.tavernmem0.common.identity.TurnHash}
 */
public record TurnRef(String turnId, String hash) {}
