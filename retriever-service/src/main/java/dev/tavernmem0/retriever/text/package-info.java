/** Text on one line, cut to a length; plain Java. */
@NullMarked
package dev.tavernmem0.retriever.text;

import org.jspecify.annotations.NullMarked;
