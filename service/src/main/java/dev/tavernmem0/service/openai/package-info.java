/** A client of OpenAI-compatible APIs, for every service that asks a language model. */
@NullMarked
package dev.tavernmem0.service.openai;

import org.jspecify.annotations.NullMarked;
