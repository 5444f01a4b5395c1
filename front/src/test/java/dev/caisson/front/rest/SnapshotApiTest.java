package dev.caisson.front.rest;

import static dev.caisson.front.rest.ControlPlane.json;
import static dev.caisson.front.rest.ControlPlane.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.base.Category;
import dev.caisson.http.testing.FakeExchange;
import dev.caisson.node.NodeException;
import dev.caisson.node.testing.FakeTransitions.Kind;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** {@code contract/rest-api.md} §7.1: snapshots as templates. */
class SnapshotApiTest {
    private ControlPlane plane;
    private String id;
    private String slug;

    @BeforeEach
    void start(@TempDir Path folder) {
        plane = new ControlPlane(folder);
        id = plane.create("{}");
        slug = plane.team.slug();
    }

    @AfterEach
    void stop() {
        plane.close();
    }

    private JsonNode take(String body) {
        plane.clock.advance(Duration.ofSeconds(1));
        return json(plane.call("POST", "/sandboxes/" + id + "/snapshots", body, 201));
    }

    private String take(String name, String what) {
        return take("{\"name\":\"" + name + "\"" + what + "}").path("snapshotID").asString();
    }

    private List<String> listed(String query) {
        return json(plane.call("GET", "/snapshots" + query, "", 200)).valueStream().map(row -> row.path("snapshotID").asString()).toList();
    }

    private JsonNode create(String template) {
        return json(plane.call("POST", "/v2/sandboxes", "{\"templateID\":\"" + template + "\"}", 201));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Test
    void oneWithANameIsCalledByTeamNameAndTag() {
        var taken = take("{\"name\":\" My-State \"}");
        assertThat(taken.path("snapshotID").asString()).isEqualTo(slug + "/my-state:default");
        assertThat(taken.path("names").toString()).isEqualTo("[\"" + slug + "/my-state\"]");
        assertThat(take(slug + "/my-state:v1.2", "")).isEqualTo(slug + "/my-state:v1.2");
        assertThat(json(plane.call("GET", "/sandboxes/" + id, "", 200)).path("state").asString()).isEqualTo("running");
    }

    @Test
    void oneWithoutIsCalledByItsTemplatesId() {
        var taken = take("{}");
        assertThat(taken.path("snapshotID").asString()).matches("[a-z0-9]{20}:default");
        assertThat(taken.path("names").isArray()).isTrue();
        assertThat(taken.path("names")).isEmpty();
        assertThat(taken.path("sandboxID").asString()).isEqualTo(id);
    }

    @Test
    void sandboxesAreMadeOfItByEveryOneOfItsNames() {
        var named = take("state", "");
        var unnamed = take("{}").path("snapshotID").asString();
        var made = create(named);
        var template = made.path("templateID").asString();
        assertThat(template).matches("[a-z0-9]{20}").isNotEqualTo(json(plane.call("GET", "/sandboxes/" + id, "", 200)).path("templateID").asString());
        assertThat(made.path("alias").asString()).isEqualTo("state");
        assertThat(create("state").path("templateID").asString()).isEqualTo(template);
        plane.call("DELETE", "/sandboxes/" + made.path("sandboxID").asString(), "", 204);
        var other = create(unnamed);
        assertThat(other.path("templateID").asString() + ":default").isEqualTo(unnamed);
        assertThat(other.has("alias")).isFalse();
        plane.call("DELETE", "/sandboxes/" + other.path("sandboxID").asString(), "", 204);
        assertThat(create(template).path("templateID").asString()).isEqualTo(template);
        assertThat(json(plane.call("GET", "/v2/sandboxes?template=" + template, "", 200))).hasSize(2);
    }

    /** Trap 41, of a sandbox that was made from a snapshot. */
    @Test
    void thatTemplateStaysWhatItIsWhenASandboxOfItIsPausedAndResumed() {
        var made = create(take("state", ""));
        var sandbox = "/sandboxes/" + made.path("sandboxID").asString();
        plane.call("POST", sandbox + "/pause", "", 204);
        assertThat(json(plane.call("GET", sandbox, "", 200)).path("templateID")).isEqualTo(made.path("templateID"));
        assertThat(json(plane.call("POST", sandbox + "/connect", "{}", 201)).path("templateID")).isEqualTo(made.path("templateID"));
    }

    @Test
    void theSameNameAgainIsTheSameTemplateWithNewContents() {
        take("state", "");
        var first = create("state");
        var before = plane.node.lastCreate().orElseThrow().template();
        take("state", "");
        plane.call("DELETE", "/sandboxes/" + first.path("sandboxID").asString(), "", 204);
        assertThat(create("state").path("templateID")).isEqualTo(first.path("templateID"));
        assertThat(plane.node.lastCreate().orElseThrow().template()).isNotEqualTo(before);
        assertThat(plane.node.snapshots().list()).as("what nobody can name any more is deleted").hasSize(1);
        assertThat(listed("")).hasSize(1);
    }

    @Test
    void tagsAreContentsOfTheirOwn() {
        take("state:a", "");
        var a = plane.node.snapshots().list().getFirst().id();
        take("state:b", "");
        create("state:a");
        assertThat(plane.node.lastCreate().orElseThrow().template()).isEqualTo(a.value());
        plane.call("POST", "/v2/sandboxes", "{\"templateID\":\"state:" + a.value() + "\"}", 201);
        assertThat(plane.node.lastCreate().orElseThrow().template()).isEqualTo(a.value());
        assertThat(message(plane.call("POST", "/v2/sandboxes", "{\"templateID\":\"state\"}", 404)))
                .isEqualTo("tag 'default' does not exist for template 'state'");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "a b|400|Invalid template reference", "a/b/c|400|Invalid template reference", "other/x|400|namespace 'other' must match your team",
        "x:11111111-2222-3333-4444-555555555555|400|Invalid tag", "basetemplate00000000|409|Alias 'basetemplate00000000' is already used"
    })
    void namesFollowTheGrammar(String name, int status, String text) {
        assertThat(message(plane.call("POST", "/sandboxes/" + id + "/snapshots", "{\"name\":\"" + name + "\"}", status))).contains(text);
        assertThat(plane.node.snapshots().list()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{\"name\":1}", "{\"memory\":\"no\"}"})
    void theBodyIsAnObject(String body) {
        assertThat(message(plane.call("POST", "/sandboxes/" + id + "/snapshots", body, 400))).startsWith("validation error");
    }

    @Test
    void withoutMemoryIsPassedOn() {
        assertThat(take("{\"memory\":false}").path("memory").asBoolean()).isFalse();
        assertThat(take("{}").path("memory").asBoolean()).isTrue();
    }

    @Test
    void theListShowsTheNewestFirstAndFindsByNameAndSource() {
        var first = take("one", "");
        var second = take("two:v1", "");
        var third = take("two:v2", "");
        id = plane.create("{}");
        var fourth = take("{}").path("snapshotID").asString();
        assertThat(listed("")).containsExactly(fourth, third, first);
        assertThat(listed("?name=two")).containsExactly(third);
        assertThat(listed("?name=" + encoded(slug + "/two"))).containsExactly(third);
        assertThat(listed("?name=two%3Av1")).containsExactly(second);
        assertThat(listed("?name=two%3Adefault")).isEmpty();
        assertThat(listed("?name=nope")).isEmpty();
        assertThat(listed("?name=other%2Ftwo")).isEmpty();
        assertThat(listed("?sandboxID=" + id + "-6532622b")).containsExactly(fourth);
        assertThat(listed("?sandboxID=nonexistingsandbox")).isEmpty();
        plane.call("GET", "/snapshots?name=a%20b", "", 400);
        plane.call("GET", "/snapshots?sandboxID=a-b-c", "", 400);
        plane.call("GET", "/snapshots?limit=0", "", 400);
        plane.call("GET", "/snapshots?nextToken=x", "", 400);
    }

    @Test
    void theListPages() {
        var first = take("one", "");
        var second = take("two", "");
        var page = plane.call("GET", "/snapshots?limit=1", "", 200);
        assertThat(json(page).path(0).path("snapshotID").asString()).isEqualTo(second);
        var last = plane.call("GET", "/snapshots?limit=1&nextToken=" + page.answerHeader("X-Next-Token").orElseThrow(), "", 200);
        assertThat(json(last).path(0).path("snapshotID").asString()).isEqualTo(first);
        assertThat(last.answerHeader("X-Next-Token")).isEmpty();
    }

    /** Traps 9 and 60. */
    @Test
    void deletingWaitsForItsLastSandboxAndThenItIsGone() {
        var snapshot = take("state", "");
        var sandbox = "/sandboxes/" + create(snapshot).path("sandboxID").asString();
        var target = "/templates/" + encoded(snapshot);
        assertThat(message(plane.call("DELETE", target, "", 400))).matches(
                "cannot delete template '[a-z0-9]{20}' because there are running sandboxes using it");
        plane.call("POST", sandbox + "/pause", "", 204);
        assertThat(message(plane.call("DELETE", target, "", 400))).endsWith("because there are paused sandboxes using it");
        plane.call("DELETE", sandbox, "", 204);
        assertThat(plane.call("DELETE", target, "", 204).answerText()).isEmpty();
        assertThat(plane.node.snapshots().list()).isEmpty();
        plane.call("DELETE", target, "", 404);
        assertThat(message(plane.call("POST", "/v2/sandboxes", "{\"templateID\":\"" + snapshot + "\"}", 404)))
                .isEqualTo("template '" + snapshot + "' not found");
        assertThat(listed("")).isEmpty();
    }

    @Test
    void anotherTeamsIsNotThereByNameAndForbiddenById() {
        var snapshot = take("state", "");
        var unnamed = take("{}").path("snapshotID").asString();
        for (var reference : new String[] {snapshot, "state", unnamed}) {
            var create = foreign("POST", "/v2/sandboxes").body("{\"templateID\":\"" + reference + "\"}");
            plane.answered(create, 404);
        }
        plane.answered(foreign("DELETE", "/templates/" + encoded(snapshot)), 404);
        plane.answered(foreign("DELETE", "/templates/state"), 404);
        plane.answered(foreign("DELETE", "/templates/" + encoded(unnamed)), 403);
        assertThat(json(plane.answered(foreign("GET", "/snapshots"), 200))).isEmpty();
        assertThat(plane.node.snapshots().list()).hasSize(2);
    }

    private FakeExchange foreign(String method, String target) {
        return FakeExchange.request(method, target).header("X-API-Key", plane.otherKey.key().text());
    }

    @Test
    void twoTeamsMayUseTheSameName() {
        var mine = take("state", "");
        var theirs = json(plane.answered(foreign("POST", "/v2/sandboxes").body("{\"templateID\":\"base\"}"), 201)).path("sandboxID").asString();
        var other = json(plane.answered(foreign("POST", "/sandboxes/" + theirs + "/snapshots").body("{\"name\":\"state\"}"), 201));
        assertThat(other.path("snapshotID").asString()).isEqualTo(plane.otherTeam.slug() + "/state:default").isNotEqualTo(mine);
        plane.call("DELETE", "/templates/state", "", 204);
        assertThat(json(plane.answered(foreign("GET", "/snapshots"), 200))).hasSize(1);
    }

    @Test
    void snapshotsAreNoTemplatesOfTheList() {
        take("state", "");
        assertThat(json(plane.call("GET", "/templates", "", 200))).hasSize(1);
        assertThat(json(plane.call("GET", "/v2/templates", "", 200))).hasSize(1);
    }

    @Test
    void whatTheNodeRefusesIsToldAndLeavesNothing() {
        plane.node.transitions().fail(Kind.SNAPSHOT, new NodeException(Category.EXHAUSTED, "the disk is full"));
        var full = plane.call("POST", "/sandboxes/" + id + "/snapshots", "{\"name\":\"state\"}", 503);
        assertThat(json(full).path("error_code").asString()).isEqualTo("sandbox_capacity_unavailable");
        assertThat(listed("")).isEmpty();
        plane.call("POST", "/v2/sandboxes", "{\"templateID\":\"state\"}", 404);
    }

    @Test
    void contentsThatAreGoneAreNotFoundAndCanBeDeletedByName() {
        var snapshot = take("state", "");
        plane.node.snapshots().list().forEach(contents -> plane.node.snapshots().delete(contents.id()));
        assertThat(listed("")).isEmpty();
        plane.call("POST", "/v2/sandboxes", "{\"templateID\":\"" + snapshot + "\"}", 404);
        plane.call("DELETE", "/templates/" + encoded(snapshot), "", 204);
        take("state", "");
        assertThat(listed("")).hasSize(1);
    }
}
