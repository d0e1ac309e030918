/** The JSON mapper that every contract of this project is written with. */
@NullMarked
package dev.tavernmem0.common.json;

import org.jspecify.annotations.NullMarked;
