/** The one place that turns SillyTavern's names into ids: chats, turns, events, mem0 scopes. */
@NullMarked
package dev.tavernmem0.common.identity;

import org.jspecify.annotations.NullMarked;
