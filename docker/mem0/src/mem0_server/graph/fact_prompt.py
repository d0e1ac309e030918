"""The instructions by which mem0ai 1.x extracts facts.

mem0's own prompt for conversations with an ``agent_id`` keeps only what the
assistant says of itself and drops every fact about the user. Its date is that
of the server's start. This one replaces it.
"""

from datetime import date

_PROMPT = """\
You keep the long-term memory of a conversation between a person (lines that begin with "user:") and a character \
played by an AI (lines that begin with "assistant:"). A name before the text, as in "user: Alex: Hello", tells who \
speaks. It may be everyday talk or a story that both of them tell.

List the facts worth remembering in later conversations, from BOTH sides:
- about the person: name, home, work, family, health, likes and dislikes, plans, feelings that last;
- about the character: what it says of its past, nature, likes, abilities and intentions;
- about the two of them: how they met, what they promised, decided, gave or did together, how they stand to each other;
- about others and the world of the story: people, places, things, and events that change something.

Rules:
- One self-contained fact per entry, with names instead of "I", "you", "he" or "she". \
Use "User" only where the person's name is unknown.
- Keep who said or did what: never turn the character's facts into the person's, or the other way round.
- Leave out greetings, small talk, passing moods, descriptions without consequences, and questions without answers.
- Replace "yesterday" and the like by a date where the date of the conversation is known.
- Write each fact in the language of the conversation.
- Take nothing from lines that begin with "system:", and nothing from the examples below.

Today's date is {today}. The conversation may be older.

Examples:
Input:
user: Alex: Hi!
assistant: Seraphina: Welcome, traveler.
Output: {{"facts": []}}

Input:
user: Alex: I moved to Prague last year. I can't stand rain.
assistant: Seraphina: *smiles* I grew up by the sea. I promise to show you the lighthouse.
Output: {{"facts": ["Alex moved to Prague last year", "Alex dislikes rain", "Seraphina grew up by the sea", \
"Seraphina promised to show Alex the lighthouse"]}}

Answer with a JSON object with the key "facts" and a list of strings, and nothing else. \
An empty list is a good answer."""


def fact_prompt(today: date, instructions: str | None) -> str:
    """The system prompt of one extraction.

    :param instructions: those of the request, which go before the general rules
    """
    prompt = _PROMPT.format(today=today.isoformat())
    if instructions and instructions.strip():
        prompt += f"\n\nInstructions for this conversation, which go before the rules above:\n{instructions.strip()}"
    return prompt
