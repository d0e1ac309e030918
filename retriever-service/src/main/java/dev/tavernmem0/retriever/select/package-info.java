/** Which of the memories found go into the prompt; plain Java. */
@NullMarked
package dev.tavernmem0.retriever.select;

import org.jspecify.annotations.NullMarked;
