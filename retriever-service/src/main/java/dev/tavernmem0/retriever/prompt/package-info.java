/** How memories become prompt text and where it goes; plain Java. */
@NullMarked
package dev.tavernmem0.retriever.prompt;

import org.jspecify.annotations.NullMarked;
