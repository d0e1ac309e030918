/** Lists, searches and forgets a user's memories on the user's demand. */
@NullMarked
package dev.tavernmem0.retriever.browse;

import org.jspecify.annotations.NullMarked;
