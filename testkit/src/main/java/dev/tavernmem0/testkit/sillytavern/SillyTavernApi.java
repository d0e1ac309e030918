package dev.tavernmem0.testkit.sillytavern;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * SillyTavern's own HTTP API, as its web client uses it: cookies and a CSRF token. Chats are lists
 * of lines, the header first; names of chats are without extension, names of avatars with {@code
 * .png}. Every method throws {@link IllegalStateException} if SillyTavern refuses. Thread-safe.
 */
public final class SillyTavernApi {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final URI url;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .cookieHandler(new CookieManager())
          .build();
  private volatile @Nullable String csrfToken;

  SillyTavernApi(URI url) {
    this.url = url;
  }

  public URI url() {
    return url;
  }

  /** Whether it answers yet. */
  boolean isReady() throws IOException {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(url.resolve("/csrf-token")).timeout(TIMEOUT).build();
      HttpResponse<String> response = send(request);
      if (response.statusCode() != 200) {
        return false;
      }
      csrfToken = JsonMapper.shared().readTree(response.body()).path("token").asString();
      return true;
    } catch (ConnectException e) {
      return false;
    }
  }

  /**
   * Creates a character.
   *
   * @return its avatar file
   */
  public String createCharacter(String name, String firstMessage) {
    return post(
        "/api/characters/create",
        Map.of(
            "ch_name",
            name,
            "first_mes",
            firstMessage,
            "description",
            "",
            "alternate_greetings",
            List.of()));
  }

  /** All characters. */
  public JsonNode characters() {
    return json(post("/api/characters/all", Map.of()));
  }

  /** Renames a character; its chats go with it. Past messages keep the old name. */
  public String renameCharacter(String avatar, String newName) {
    return json(post("/api/characters/rename", Map.of("avatar_url", avatar, "new_name", newName)))
        .path("avatar")
        .asString();
  }

  /** Saves a whole chat of a character. */
  public void saveChat(String avatar, String chat, List<? extends JsonNode> lines) {
    post(
        "/api/chats/save",
        Map.of("ch_name", "", "file_name", chat, "avatar_url", avatar, "chat", lines));
  }

  /** A chat of a character; an empty object if there is none. */
  public JsonNode chat(String avatar, String chat) {
    return json(
        post("/api/chats/get", Map.of("ch_name", "", "file_name", chat, "avatar_url", avatar)));
  }

  /** Renames a chat of a character. */
  public void renameChat(String avatar, String chat, String newName) {
    post(
        "/api/chats/rename",
        Map.of(
            "is_group",
            false,
            "avatar_url",
            avatar,
            "original_file",
            chat + ".jsonl",
            "renamed_file",
            newName + ".jsonl"));
  }

  /** Deletes a chat of a character. */
  public void deleteChat(String avatar, String chat) {
    post("/api/chats/delete", Map.of("avatar_url", avatar, "chatfile", chat + ".jsonl"));
  }

  /**
   * Imports a JSONL file as a chat of a character.
   *
   * @return the name of the new chat
   */
  public String importChat(String avatar, String characterName, String jsonl) {
    String boundary = "----" + UUID.randomUUID();
    ByteArrayOutputStream form = new ByteArrayOutputStream();
    Map<String, String> fields =
        Map.of(
            "avatar_url",
            avatar,
            "file_type",
            "jsonl",
            "character_name",
            characterName,
            "user_name",
            "User");
    fields.forEach((name, value) -> part(form, boundary, "name=\"" + name + "\"", value));
    part(form, boundary, "name=\"avatar\"; filename=\"chat.jsonl\"", jsonl);
    form.writeBytes(("--" + boundary + "--\r\n").getBytes(StandardCharsets.UTF_8));
    String answer =
        post("/api/chats/import", "multipart/form-data; boundary=" + boundary, form.toByteArray());
    String file = json(answer).path("fileNames").path(0).asString();
    return file.substring(0, file.length() - ".jsonl".length());
  }

  /**
   * Creates a group with one empty chat.
   *
   * @return the group as its file says
   */
  public JsonNode createGroup(String name, List<String> avatars, String firstChat) {
    return json(
        post(
            "/api/groups/create",
            Map.of(
                "name", name,
                "members", avatars,
                "chat_id", firstChat,
                "chats", List.of(firstChat))));
  }

  /** All groups. */
  public JsonNode groups() {
    return json(post("/api/groups/all", Map.of()));
  }

  /** Saves a whole chat of a group. */
  public void saveGroupChat(String chat, List<? extends JsonNode> lines) {
    post("/api/chats/group/save", Map.of("id", chat, "chat", lines));
  }

  /** A chat of a group. */
  public JsonNode groupChat(String chat) {
    return json(post("/api/chats/group/get", Map.of("id", chat)));
  }

  /** The user's settings: an object that holds {@code settings} as text, and lists of presets. */
  public JsonNode settings() {
    return json(post("/api/settings/get", Map.of()));
  }

  public void saveSettings(JsonNode settings) {
    post("/api/settings/save", settings);
  }

  /** Any other call; the answer is the body. */
  public String post(String path, Object body) {
    return post(path, "application/json", JsonMapper.shared().writeValueAsBytes(body));
  }

  private String post(String path, String contentType, byte[] body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url.resolve(path))
            .timeout(TIMEOUT)
            .header("Content-Type", contentType)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    String token = csrfToken;
    if (token != null) {
      request.header("X-CSRF-Token", token);
    }
    try {
      HttpResponse<String> response = send(request.build());
      if (response.statusCode() / 100 != 2) {
        throw new IllegalStateException(
            "SillyTavern answered "
                + response.statusCode()
                + " to "
                + path
                + ": "
                + response.body());
      }
      return response.body();
    } catch (IOException e) {
      throw new UncheckedIOException("SillyTavern did not answer " + path, e);
    }
  }

  private HttpResponse<String> send(HttpRequest request) throws IOException {
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static JsonNode json(String body) {
    return JsonMapper.shared().readTree(body);
  }

  private static void part(
      ByteArrayOutputStream form, String boundary, String disposition, String content) {
    form.writeBytes(
        ("--"
                + boundary
                + "\r\nContent-Disposition: form-data; "
                + disposition
                + "\r\n\r\n"
                + content
                + "\r\n")
            .getBytes(StandardCharsets.UTF_8));
  }
}
