/** Which memories a character may see. */
@NullMarked
package dev.tavernmem0.retriever.scope;

import org.jspecify.annotations.NullMarked;
