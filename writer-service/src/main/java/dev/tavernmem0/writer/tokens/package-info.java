/** How many tokens a text has for whoever embeds it. Plain Java. */
@NullMarked
package dev.tavernmem0.writer.tokens;

import org.jspecify.annotations.NullMarked;
